{{/* registry for the library chart. */}}
{{- define "athanor.registry" -}}
{{- $settings := include "athanor.settings" (dict "root" . "values" .Values.registry "service" "registry") | fromYaml -}}
{{- /* With ONNX Runtime: imported models are tried in a process of its own. */ -}}
{{- $image := include "athanor.runnerImage" (dict "root" . "flavour" "cpu") -}}
{{- $env := include "athanor.env.registry" . -}}
{{- include "athanor.stateful" (dict "root" . "service" "registry" "settings" $settings "image" $image "env" $env) -}}
{{- end -}}

{{- define "athanor.env.registry" -}}
ATHANOR_INGEST_ADDRESS: {{ include "athanor.address" (dict "root" . "name" "ingest" "port" "mesh") }}
ATHANOR_TRAINING_ADDRESS: {{ include "athanor.address" (dict "root" . "name" "training" "port" "mesh") }}
ATHANOR_MAX_MODEL_BYTES: {{ .Values.registry.maxModelBytes | int64 | quote }}
ATHANOR_MAX_MODEL_IMPORTS: {{ .Values.registry.maxModelImports | int | quote }}
ATHANOR_MODEL_IMPORT_DEADLINE_MS: {{ .Values.registry.modelImportDeadlineMs | int | quote }}
{{- end -}}
