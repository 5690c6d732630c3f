{{/* training for the library chart. */}}
{{- define "athanor.training" -}}
{{- $settings := include "athanor.settings" (dict "root" . "values" .Values.training "service" "training") | fromYaml -}}
{{- $component := dict "root" . "service" "training" "settings" $settings "env" (include "athanor.env.training" .) -}}
{{- if eq .Values.training.executor "kubernetes" -}}
{{- $template := dict "name" (include "athanor.attemptTemplateName" .) "key" "job.json" "content" (include "athanor.attemptTemplate" .) -}}
{{- $_ := merge $component (dict "image" (include "athanor.image" (dict "root" . "image" "control")) "configMap" $template "apiToken" true) -}}
{{- else -}}
{{- $runner := include "athanor.runnerImage" (dict "root" . "flavour" "cpu") -}}
{{- $_ := merge $component (dict "image" $runner "extraGraceMs" .Values.training.stopGraceMs) -}}
{{- end -}}
{{- include "athanor.stateful" $component -}}
{{- end -}}

{{- define "athanor.env.training" -}}
{{- $training := .Values.training -}}
ATHANOR_INGEST_ADDRESS: {{ include "athanor.address" (dict "root" . "name" "ingest" "port" "mesh") }}
ATHANOR_REGISTRY_ADDRESS: {{ include "athanor.address" (dict "root" . "name" "registry" "port" "mesh") }}
ATHANOR_EXECUTOR: {{ $training.executor }}
ATHANOR_ATTEMPT_ADDRESS: {{ $training.attemptAddress | default (include "athanor.address" (dict "root" . "name" "training" "port" "public")) }}
{{- if include "athanor.publicAuthority" . }}
ATHANOR_ATTEMPT_CA_FILE: /etc/athanor/public/ca.crt
{{- end }}
ATHANOR_SLOTS: {{ $training.slots | int | quote }}
ATHANOR_CPU_THREADS: {{ $training.cpuThreads | int | quote }}
ATHANOR_LEASE_MS: {{ $training.leaseMs | int64 | quote }}
ATHANOR_STOP_GRACE_MS: {{ $training.stopGraceMs | int64 | quote }}
{{- if eq $training.executor "kubernetes" }}
ATHANOR_JOB_TEMPLATE_FILE: /etc/athanor/job.json
ATHANOR_JOB_NAMESPACE: {{ .Release.Namespace }}
{{- end }}
{{- end -}}
