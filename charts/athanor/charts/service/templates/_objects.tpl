{{/* ServiceAccount of a service. Its token is mounted only if the pod requests it. */}}
{{- define "service.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "service.metadata" (merge (dict "annotations" .component.settings.serviceAccountAnnotations) .) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/* PodDisruptionBudget: a drain evicts one pod at a time, and is never blocked by pods that are not ready anyway. */}}
{{- define "service.podDisruptionBudget" -}}
{{- if .component.settings.podDisruptionBudget.enabled -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "service.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .component.settings.podDisruptionBudget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
{{- end -}}
{{- end -}}

{{/*
Service of a component inside the cluster, with all its ports; if it is exposed outside the cluster, a second Service with
the public port only.
*/}}
{{- define "service.service" -}}
{{- $settings := .component.settings.service -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "service.metadata" (merge (dict "annotations" (ternary $settings.annotations dict (eq $settings.type "ClusterIP"))) .) | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "service.selector" . | nindent 4 }}
  ports:
    - {{ include "service.publicPort" . | nindent 6 | trim }}
    {{- if .component.ports.mesh }}
    - {name: mesh, port: {{ .component.ports.mesh | int }}, targetPort: mesh}
    {{- end }}
    - {name: admin, port: {{ .component.ports.admin | int }}, targetPort: admin}
{{- if ne $settings.type "ClusterIP" }}
---
{{ include "service.externalService" . }}
{{- end }}
{{- end -}}

{{- define "service.externalService" -}}
{{- $settings := .component.settings.service -}}
{{- $component := merge (dict "name" (printf "%s-external" .component.name)) .component -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "service.metadata" (dict "root" .root "component" $component "annotations" $settings.annotations) | nindent 2 }}
spec:
  type: {{ $settings.type }}
  {{- with $settings.externalTrafficPolicy }}
  externalTrafficPolicy: {{ . }}
  {{- end }}
  {{- with $settings.loadBalancerSourceRanges }}
  loadBalancerSourceRanges:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  selector:
    {{- include "service.selector" . | nindent 4 }}
  ports:
    - {{ include "service.publicPort" . | nindent 6 | trim }}
      {{- with $settings.nodePort }}
      nodePort: {{ . | int }}
      {{- end }}
{{- end -}}

{{- define "service.publicPort" -}}
name: grpc
port: {{ default .component.ports.public .component.servicePort | int }}
targetPort: public
appProtocol: {{ ternary "kubernetes.io/h2c" "https" (eq .root.Values.tls.public.mode "disabled") }}
{{- end -}}

{{/* Headless Service: one address per ready pod, for callers with their own load balancing. */}}
{{- define "service.headlessService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "service.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: false
  selector:
    {{- include "service.selector" . | nindent 4 }}
  ports:
    - {name: mesh, port: {{ .component.ports.mesh | int }}, targetPort: mesh}
{{- end -}}

{{/* NetworkPolicy of a component: only the rules that the chart gives it. */}}
{{- define "service.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "service.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- toYaml .ingress | nindent 4 }}
  egress:
    {{- toYaml .egress | nindent 4 }}
{{- end -}}
