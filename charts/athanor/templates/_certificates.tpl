{{/* Generated certificates: a permanent authority, and certificates signed by it that are renewed at upgrades. */}}
{{- define "athanor.certificates" -}}
{{- $caCrt := include "athanor.kept" (dict "root" . "name" "ca" "key" "tls.crt") -}}
{{- $caKey := include "athanor.kept" (dict "root" . "name" "ca" "key" "tls.key") -}}
{{- $authority := dict -}}
{{- if $caCrt -}}
{{- $authority = buildCustomCert (b64enc $caCrt) (b64enc $caKey) -}}
{{- else -}}
{{- $authority = genCAWithKey (printf "%s authority" (include "athanor.fullname" .)) 3650 (genPrivateKey "ecdsa") -}}
{{- end -}}
ca:
  crt: {{ $authority.Cert | quote }}
  key: {{ $authority.Key | quote }}
{{- range $listener := list "mesh" "public" }}
{{ $listener }}:
  {{- include "athanor.certificate" (dict "root" $ "listener" $listener "authority" $authority "kept" (ne $caCrt "")) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* One certificate: the existing one as long as its names and lifetime are right, else a new one. */}}
{{- define "athanor.certificate" -}}
{{- $names := include "athanor.dnsNames" . | fromYamlArray -}}
{{- $addresses := include "athanor.ipAddresses" . | fromYamlArray -}}
{{- $sum := join "," (concat $names $addresses) | sha256sum | trunc 16 -}}
{{- $secret := lookup "v1" "Secret" .root.Release.Namespace (include "athanor.tlsName" .) | default dict -}}
{{- $annotations := dig "metadata" "annotations" dict $secret | default dict -}}
{{- $renewAt := get $annotations "athanor.dev/renew-at" | default "0" | int64 -}}
{{- if and .kept (eq (get $annotations "athanor.dev/names") $sum) (gt $renewAt (now | unixEpoch | int64)) -}}
crt: {{ get $secret.data "tls.crt" | b64dec | quote }}
key: {{ get $secret.data "tls.key" | b64dec | quote }}
renewAt: {{ $renewAt | toString | quote }}
{{- else -}}
{{- $days := .root.Values.tls.generatedDays | int -}}
{{- $signed := genSignedCertWithKey (include "athanor.fullname" .root) $addresses $names $days .authority (genPrivateKey "ecdsa") -}}
crt: {{ $signed.Cert | quote }}
key: {{ $signed.Key | quote }}
renewAt: {{ add (now | unixEpoch | int64) (mul $days 57600) | toString | quote }}
{{- end }}
names: {{ $sum | quote }}
{{- end -}}

{{/* Every name of every Service of the mesh, and localhost; the public ones may have more. */}}
{{- define "athanor.dnsNames" -}}
{{- $root := .root -}}
- localhost
{{- range list "ingest" "training" "registry" "inference" }}
{{- include "athanor.serviceNames" (dict "root" $root "name" .) }}
{{- end }}
{{- range $pool, $_ := include "athanor.pools" $root | fromYaml }}
{{- include "athanor.serviceNames" (dict "root" $root "name" (printf "pool-%s" $pool)) }}
- {{ printf "*.%s" (include "athanor.host" (dict "root" $root "name" (printf "pool-%s" $pool))) | quote }}
{{- end }}
{{- if eq .listener "public" }}
{{- range $root.Values.tls.public.dnsNames }}
- {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "athanor.serviceNames" }}
{{- $service := printf "%s-%s" (include "athanor.fullname" .root) .name }}
- {{ $service }}
- {{ $service }}.{{ .root.Release.Namespace }}
- {{ $service }}.{{ .root.Release.Namespace }}.svc
- {{ $service }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}
{{- end -}}

{{- define "athanor.ipAddresses" -}}
- 127.0.0.1
{{- if eq .listener "public" }}
{{- range .root.Values.tls.public.ipAddresses }}
- {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}
