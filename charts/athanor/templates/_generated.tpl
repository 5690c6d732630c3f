{{/*
Generated values: created once, then read from the cluster (lookup) and kept. All of them are computed once per render, since
random values would differ between templates. A deleted secret is recreated at the next upgrade, which rotates it.
*/}}
{{- define "athanor.generated" -}}
{{- if not (hasKey .Values "generated") -}}
{{- $_ := set .Values "generated" dict -}}
{{- $_ := set .Values.generated "meshSecret" (include "athanor.kept" (dict "root" . "name" "mesh-secret" "key" .Values.meshSecret.existingSecret.key) | default (randAlphaNum 64)) -}}
{{- $_ := set .Values.generated "apiKey" (include "athanor.kept" (dict "root" . "name" "api-credentials" "key" "api-key") | default (include "athanor.newApiKey" .)) -}}
{{- $_ := set .Values.generated "testKey" (include "athanor.kept" (dict "root" . "name" "api-credentials" "key" "helm-test-api-key") | default (include "athanor.newApiKey" .)) -}}
{{- $_ := set .Values.generated "certificates" (include "athanor.certificates" . | fromYaml) -}}
{{- end -}}
{{- toYaml .Values.generated -}}
{{- end -}}

{{/* The current value in a secret of this release: root, name (a suffix), key. */}}
{{- define "athanor.kept" -}}
{{- $secret := lookup "v1" "Secret" .root.Release.Namespace (printf "%s-%s" (include "athanor.fullname" .root) .name) -}}
{{- dig "data" .key "" ($secret | default dict) | b64dec -}}
{{- end -}}

{{/* athanor_<8 hexadecimal digits>_<256 random bits as base64url> */}}
{{- define "athanor.newApiKey" -}}
{{- $secret := randBytes 32 | replace "+" "-" | replace "/" "_" | trimSuffix "=" -}}
{{- printf "athanor_%s_%s" (randBytes 4 | b64dec | printf "%x") $secret -}}
{{- end -}}

{{/* The file that services read: the values' entries, and those of the chart's own keys. */}}
{{- define "athanor.apiKeysFile" -}}
{{- $generated := include "athanor.generated" . | fromYaml -}}
{{- $keys := append .Values.apiKeys.entries (include "athanor.apiKeyEntry" (dict "root" . "key" $generated.apiKey "tenant" .Values.apiKeys.tenant "note" "api-key") | fromYaml) -}}
{{- if .Values.tests.enabled -}}
{{- $keys = append $keys (include "athanor.apiKeyEntry" (dict "root" . "key" $generated.testKey "tenant" "athanor-helm-test" "note" "helm-test-api-key") | fromYaml) -}}
{{- end -}}
{{- dict "keys" $keys | toPrettyJson -}}
{{- end -}}

{{- define "athanor.apiKeyEntry" -}}
id: {{ (splitList "_" .key) | rest | first | quote }}
hash: sha256:{{ sha256sum .key }}
tenant: {{ .tenant }}
permissions: {{ .root.Files.Get "files/tenant-permissions.yaml" | fromYamlArray | toJson }}
note: {{ printf "chart: %s" .note | quote }}
{{- end -}}
