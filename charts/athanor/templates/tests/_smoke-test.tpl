{{- define "athanor.testHook" -}}
helm.sh/hook: test
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{- define "athanor.env.smokeTest" -}}
{{- range $service := list "ingest" "training" "registry" "inference" }}
- name: ATHANOR_{{ upper $service }}_ADDRESS
  value: {{ include "athanor.address" (dict "root" $ "name" $service "port" "public") }}
{{- end }}
{{- if include "athanor.publicAuthority" . }}
- name: ATHANOR_CA_FILE
  value: /etc/athanor/public/ca.crt
{{- end }}
{{- end -}}

{{/* Whether the public certificates have an authority of their own. */}}
{{- define "athanor.publicAuthority" -}}
{{- if and (ne .Values.tls.public.mode "disabled") .Values.tls.public.caKey }}true{{ end -}}
{{- end -}}
