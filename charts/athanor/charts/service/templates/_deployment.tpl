{{/* Deployment of a service. An autoscaler owns the number of replicas; then it is not written here. */}}
{{- define "service.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "service.metadata" . | nindent 2 }}
spec:
  {{- if not .component.autoscaled }}
  replicas: {{ .component.settings.replicas | int }}
  {{- end }}
  minReadySeconds: {{ .component.settings.lifecycle.minReadySeconds | int }}
  revisionHistoryLimit: 5
  strategy:
    {{- include "service.strategy" . | nindent 4 }}
  selector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
  template:
    {{- include "service.pod" . | nindent 4 }}
{{- end -}}

{{/*
surge: a new pod is created before an old one is terminated (the default). replace: an old one is terminated first, if there is no capacity for one more. recreate: all old ones are terminated first, if two revisions cannot share a volume.
*/}}
{{- define "service.strategy" -}}
{{- $rollout := .component.rollout | default "surge" -}}
{{- if eq $rollout "recreate" -}}
type: Recreate
{{- else -}}
type: RollingUpdate
rollingUpdate:
  maxSurge: {{ ternary 0 1 (eq $rollout "replace") }}
  maxUnavailable: {{ ternary 1 0 (eq $rollout "replace") }}
{{- end -}}
{{- end -}}
