{{/* Follows a pool's load: HorizontalPodAutoscaler or ScaledObject, never both. Takes what athanor.eachPool hands on. */}}
{{- define "athanor.autoscaler" -}}
{{- if eq .values.autoscaling.mode "hpa" -}}
{{- include "athanor.horizontalPodAutoscaler" . -}}
{{- else if eq .values.autoscaling.mode "keda" -}}
{{- include "athanor.scaledObject" . -}}
{{- end -}}
{{- end -}}

{{- define "athanor.horizontalPodAutoscaler" -}}
{{- $scaling := .values.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "service.metadata" . | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "service.name" . }}}
  minReplicas: {{ $scaling.minReplicas | int }}
  maxReplicas: {{ $scaling.maxReplicas | int }}
  metrics:
    {{- with get $scaling "cpuUtilization" }}
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ int . }}}}
    {{- end }}
    {{- with get $scaling "queueDepth" }}
    - type: Pods
      pods: {metric: {name: athanor_inference_queue_depth}, target: {type: AverageValue, averageValue: {{ int . | quote }}}}
    {{- end }}
{{- end -}}

{{- define "athanor.scaledObject" -}}
{{- $scaling := .values.autoscaling -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "service.metadata" . | nindent 2 }}
spec:
  scaleTargetRef: {name: {{ include "service.name" . }}}
  minReplicaCount: {{ $scaling.minReplicas | int }}
  maxReplicaCount: {{ $scaling.maxReplicas | int }}
  triggers:
    {{- with get $scaling "cpuUtilization" }}
    - type: cpu
      metricType: Utilization
      metadata: {value: {{ int . | quote }}}
    {{- end }}
    {{- with get $scaling "queueDepth" }}
    - type: prometheus
      metadata:
        serverAddress: {{ $scaling.prometheusAddress | quote }}
        query: {{ printf "sum(athanor_inference_queue_depth{namespace=%q,pod=~%q})" $.root.Release.Namespace (printf "%s-.*" (include "service.name" $)) | quote }}
        threshold: {{ int . | quote }}
    {{- end }}
{{- end -}}
