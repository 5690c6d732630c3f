{{/* Whether the cluster has the Prometheus operator. */}}
{{- define "athanor.hasPrometheusOperator" -}}
{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}true{{ end -}}
{{- end -}}

{{/* Objects that were enabled but not created because the cluster does not have their API. */}}
{{- define "athanor.absentApis" -}}
{{- $operator := include "athanor.hasPrometheusOperator" . -}}
{{- if and .Values.monitoring.podMonitor.enabled (not $operator) }}
- monitoring.podMonitor, since the cluster has no monitoring.coreos.com/v1
{{- end }}
{{- if and .Values.monitoring.rules.enabled (not $operator) }}
- monitoring.rules, since the cluster has no monitoring.coreos.com/v1
{{- end }}
{{- if and .Values.gateway.enabled (not (.Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1")) }}
- gateway, since the cluster has no gateway.networking.k8s.io/v1
{{- end }}
{{- end -}}
