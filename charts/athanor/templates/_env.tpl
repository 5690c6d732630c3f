{{/* Variables of the services, in the groups of their configuration. */}}

{{/* What every service has: root, settings, ports. */}}
{{- define "athanor.env" -}}
{{- $runtime := .root.Values.runtime -}}
ATHANOR_HOST: 0.0.0.0
ATHANOR_PORT: {{ .ports.public | int | quote }}
ATHANOR_ADMIN_HOST: 0.0.0.0
ATHANOR_ADMIN_PORT: {{ .ports.admin | int | quote }}
{{- if .ports.mesh }}
ATHANOR_MESH_PORT: {{ .ports.mesh | int | quote }}
{{- end }}
ATHANOR_MESH_CERT_FILE: /etc/athanor/mesh/tls.crt
ATHANOR_MESH_KEY_FILE: /etc/athanor/mesh/tls.key
ATHANOR_MESH_CA_FILE: /etc/athanor/mesh/ca.crt
{{- if eq .root.Values.tls.public.mode "disabled" }}
ATHANOR_INSECURE_BIND: "true"
{{- else }}
ATHANOR_TLS_CERT_FILE: /etc/athanor/public/tls.crt
ATHANOR_TLS_KEY_FILE: /etc/athanor/public/tls.key
{{- end }}
ATHANOR_API_KEYS_FILE: /etc/athanor/api-keys.json
ATHANOR_MESH_SECRET_FILE: /etc/athanor/mesh-secret
ATHANOR_LOG_LEVEL: {{ $runtime.logLevel }}
{{- with $runtime.otlpEndpoint }}
ATHANOR_OTLP_ENDPOINT: {{ . }}
{{- end }}
ATHANOR_DEFAULT_DEADLINE_MS: {{ $runtime.defaultDeadlineMs | int64 | quote }}
ATHANOR_STREAM_IDLE_MS: {{ $runtime.streamIdleMs | int64 | quote }}
ATHANOR_MAX_CONNECTION_AGE_MS: {{ $runtime.maxConnectionAgeMs | int64 | quote }}
ATHANOR_DRAIN_DELAY_MS: {{ .settings.lifecycle.drainDelayMs | int64 | quote }}
ATHANOR_DRAIN_GRACE_MS: {{ .settings.lifecycle.drainGraceMs | int64 | quote }}
{{- end -}}

{{/* NATS, as the user of one service: root, service. */}}
{{- define "athanor.env.nats" -}}
{{- $nats := .root.Values.nats -}}
{{- $secret := include "athanor.natsSecretName" .root -}}
{{- $given := $nats.existingSecret -}}
{{- $perService := and (ne $given.name "") $given.perService -}}
ATHANOR_NATS_URL: {{ $nats.url | quote }}
{{- if $perService }}
ATHANOR_NATS_USER: {{ .service }}
{{- else }}
ATHANOR_NATS_USER: {secretKeyRef: {name: {{ $secret }}, key: {{ $given.userKey }}}}
{{- end }}
ATHANOR_NATS_PASSWORD: {secretKeyRef: {name: {{ $secret }}, key: {{ $perService | ternary (printf "%s-password" .service) $given.passwordKey }}}}
{{- if $nats.ca.secretName }}
ATHANOR_NATS_CA_FILE: /etc/athanor/nats-ca.crt
{{- end }}
{{- end -}}

{{/* SQL, blobs, events: root, service. */}}
{{- define "athanor.env.state" -}}
{{- $blobs := .root.Values.blobs -}}
ATHANOR_DATABASE_URL: {secretKeyRef: {{ include "athanor.databaseSecret" .root | fromYaml | toJson }}}
{{- if eq $blobs.mode "s3" }}
ATHANOR_BLOB_URL: {{ printf "s3://%s" (list $blobs.s3.bucket $blobs.s3.prefix .service | compact | join "/") }}
{{- with $blobs.s3.endpoint }}
ATHANOR_S3_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with $blobs.s3.region }}
ATHANOR_S3_REGION: {{ . }}
{{- end }}
{{- with $blobs.s3.existingSecret }}
{{- if .name }}
AWS_ACCESS_KEY_ID: {secretKeyRef: {name: {{ .name }}, key: {{ .accessKeyIdKey }}}}
AWS_SECRET_ACCESS_KEY: {secretKeyRef: {name: {{ .name }}, key: {{ .secretAccessKeyKey }}}}
{{- end }}
{{- end }}
{{- else }}
ATHANOR_BLOB_URL: file:///var/lib/athanor/blobs
{{- end }}
{{ include "athanor.env.nats" . }}
{{- with .root.Values.nats.streamReplicas }}
ATHANOR_NATS_STREAM_REPLICAS: {{ int . | quote }}
{{- end }}
{{- end -}}
