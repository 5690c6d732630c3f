{{/*
Common settings of ingest, training and registry, for the library chart: root, service, settings, image, and optionally
env, configMap, apiToken, extraGraceMs.
*/}}
{{- define "athanor.stateful" -}}
{{- $ports := get (include "athanor.ports" .root | fromYaml) .service -}}
name: {{ .service }}
component: {{ .service }}
image: {{ .image }}
args: [services/{{ .service }}/dist/main.js]
ports: {{ toJson $ports }}
settings:
  {{- toYaml .settings | nindent 2 }}
resources:
  {{- toYaml .settings.resources | nindent 2 }}
rollout: {{ ternary "recreate" "surge" (eq (include "athanor.blobsOnce" .root) "true") }}
nodeExpressions:
  {{- include "athanor.nodeExpressions.withoutGpu" .root | nindent 2 }}
apiToken: {{ .apiToken | default false }}
extraGraceMs: {{ .extraGraceMs | default 0 | int64 }}
checksums:
  {{- include "athanor.checksums" . | nindent 2 }}
  database: {{ toJson .root.Values.database | sha256sum }}
env:
  {{- include "athanor.env" (dict "root" .root "settings" .settings "ports" $ports) | nindent 2 }}
  {{- include "athanor.env.state" . | nindent 2 }}
  {{- with .env }}
  {{- . | nindent 2 }}
  {{- end }}
volumes:
  - {{ include "athanor.volume.config" . | nindent 4 | trim }}
  {{- if include "athanor.blobsOnVolume" .root }}
  - {{ include "athanor.volume.blobs" . | nindent 4 | trim }}
  {{- end }}
mounts:
  - {{ include "athanor.mount.config" . }}
  {{- if include "athanor.blobsOnVolume" .root }}
  - {{ include "athanor.mount.blobs" . }}
  {{- end }}
{{- end -}}

{{/* Checksums of generated objects that services read only at start-up. Certificates and API keys are watched and need none. */}}
{{- define "athanor.checksums" -}}
{{- $generated := include "athanor.generated" .root | fromYaml -}}
{{- $values := .root.Values -}}
{{- if not $values.meshSecret.existingSecret.name }}
mesh-secret: {{ sha256sum $generated.meshSecret }}
{{- end }}
nats: {{ toJson (omit $values.nats "streamReplicas") | sha256sum }}
{{- with .configMap }}
config: {{ sha256sum .content }}
{{- end }}
{{- end -}}
