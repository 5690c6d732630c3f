{{/* One alert of files/alerts.yaml, on this release's pods only: root, alert. */}}
{{- define "athanor.alert" -}}
{{- $pods := printf "namespace=%q, pod=~%q" .root.Release.Namespace (printf "%s-.+" (include "athanor.fullname" .root)) -}}
- alert: {{ .alert.name }}
  expr: {{ replace "$pods" $pods .alert.expr | quote }}
  for: {{ .alert.for }}
  labels: {severity: {{ .alert.severity }}}
  annotations:
    summary: {{ .alert.summary | quote }}
    runbook_url: {{ printf "%s/%s.md" (trimSuffix "/" .root.Values.monitoring.rules.runbookBase) .alert.name | quote }}
{{- end -}}
