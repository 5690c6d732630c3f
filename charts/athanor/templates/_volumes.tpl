{{/* All files of a service are in one projected volume, so that the kubelet updates them atomically. */}}

{{/* root, configMap (optional: name, and the key that becomes a file). */}}
{{- define "athanor.volume.config" -}}
name: config
projected:
  defaultMode: 288
  sources:
    - secret: {name: {{ include "athanor.apiKeysName" .root }}, items: [{key: {{ .root.Values.apiKeys.existingSecret.key }}, path: api-keys.json}]}
    - secret: {name: {{ include "athanor.meshSecretName" .root }}, items: [{key: {{ .root.Values.meshSecret.existingSecret.key }}, path: mesh-secret}]}
    - secret:
        name: {{ include "athanor.tlsName" (dict "root" .root "listener" "mesh") }}
        items: [{key: tls.crt, path: mesh/tls.crt}, {key: tls.key, path: mesh/tls.key}, {key: ca.crt, path: mesh/ca.crt}]
    {{- if ne .root.Values.tls.public.mode "disabled" }}
    - secret:
        name: {{ include "athanor.tlsName" (dict "root" .root "listener" "public") }}
        items:
          - {key: tls.crt, path: public/tls.crt}
          - {key: tls.key, path: public/tls.key}
          {{- with .root.Values.tls.public.caKey }}
          - {key: {{ . }}, path: public/ca.crt}
          {{- end }}
    {{- end }}
    {{- with .root.Values.nats.ca }}
    {{- if .secretName }}
    - secret: {name: {{ .secretName }}, items: [{key: {{ .key }}, path: nats-ca.crt}]}
    {{- end }}
    {{- end }}
    {{- with .configMap }}
    - configMap: {name: {{ .name }}, items: [{key: {{ .key }}, path: {{ .key }}}]}
    {{- end }}
{{- end -}}

{{- define "athanor.mount.config" -}}
{name: config, mountPath: /etc/athanor, readOnly: true}
{{- end -}}

{{/* Blobs on a volume: root, service. */}}
{{- define "athanor.volume.blobs" -}}
name: blobs
persistentVolumeClaim: {claimName: {{ include "athanor.claimName" . }}}
{{- end -}}

{{- define "athanor.mount.blobs" -}}
{name: blobs, mountPath: /var/lib/athanor/blobs}
{{- end -}}

{{- define "athanor.claimName" -}}
{{- get .root.Values.blobs.pvc.existingClaims .service | default (printf "%s-%s-blobs" (include "athanor.fullname" .root) .service) -}}
{{- end -}}

{{- define "athanor.blobsOnVolume" -}}
{{- if eq .Values.blobs.mode "pvc" }}true{{ end -}}
{{- end -}}

{{/* Whether a volume is for one node, or one pod, alone. */}}
{{- define "athanor.blobsOnce" -}}
{{- if and (eq .Values.blobs.mode "pvc") (ne .Values.blobs.pvc.accessMode "ReadWriteMany") }}true{{ end -}}
{{- end -}}
