{{/* ingest for the library chart. */}}
{{- define "athanor.ingest" -}}
{{- $settings := include "athanor.settings" (dict "root" . "values" .Values.ingest "service" "ingest") | fromYaml -}}
{{- $image := include "athanor.image" (dict "root" . "image" "control") -}}
{{- $env := include "athanor.env.ingest" . -}}
{{- include "athanor.stateful" (dict "root" . "service" "ingest" "settings" $settings "image" $image "env" $env) -}}
{{- end -}}

{{- define "athanor.env.ingest" -}}
ATHANOR_MAX_UPLOAD_BYTES: {{ .Values.ingest.maxUploadBytes | int64 | quote }}
{{- end -}}
