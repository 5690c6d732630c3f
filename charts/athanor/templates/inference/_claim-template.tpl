{{/* The devices of each of a pool's pods, by dynamic resource allocation. Takes what athanor.eachPool hands on. */}}
{{- define "athanor.poolClaimTemplate" -}}
{{- if eq .values.gpu.mode "dra" -}}
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata:
  {{- include "athanor.metadata" (dict "root" .root "name" (printf "pool-%s-gpu" .pool)) | nindent 2 }}
spec:
  spec:
    {{- include "athanor.deviceClaim" .values | nindent 4 }}
{{- end -}}
{{- end -}}
