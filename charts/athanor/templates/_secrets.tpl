{{/* Names of secrets: an existing one, else the chart's. */}}

{{- define "athanor.meshSecretName" -}}
{{- .Values.meshSecret.existingSecret.name | default (printf "%s-mesh-secret" (include "athanor.fullname" .)) -}}
{{- end -}}

{{- define "athanor.apiKeysName" -}}
{{- .Values.apiKeys.existingSecret.name | default (printf "%s-api-keys" (include "athanor.fullname" .)) -}}
{{- end -}}

{{/* The keys themselves, for their holders; services mount the hashes only. */}}
{{- define "athanor.credentialsName" -}}
{{- printf "%s-api-credentials" (include "athanor.fullname" .) -}}
{{- end -}}

{{/* Certificates: root, listener (mesh or public). */}}
{{- define "athanor.tlsName" -}}
{{- $tls := get .root.Values.tls .listener -}}
{{- if eq $tls.mode "existingSecret" -}}
{{- $tls.existingSecret.name -}}
{{- else -}}
{{- printf "%s-%s-tls" (include "athanor.fullname" .root) .listener -}}
{{- end -}}
{{- end -}}

{{- define "athanor.databaseSecret" -}}
{{- $given := .Values.database.existingSecret -}}
name: {{ $given.name | default (printf "%s-database" (include "athanor.fullname" .)) }}
key: {{ ternary $given.key "url" (ne $given.name "") }}
{{- end -}}

{{- define "athanor.natsSecretName" -}}
{{- .Values.nats.existingSecret.name | default (printf "%s-nats" (include "athanor.fullname" .)) -}}
{{- end -}}

{{/* The smoke test's API key; empty if there is none. */}}
{{- define "athanor.testKey" -}}
{{- if .Values.tests.apiKey.existingSecret.name -}}
{{- toYaml .Values.tests.apiKey.existingSecret -}}
{{- else if not .Values.apiKeys.existingSecret.name -}}
name: {{ include "athanor.credentialsName" . }}
key: helm-test-api-key
{{- end -}}
{{- end -}}
