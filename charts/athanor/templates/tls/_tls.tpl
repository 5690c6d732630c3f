{{/* Secret with a generated certificate: root, listener. */}}
{{- define "athanor.generatedTls" -}}
{{- $certificates := get (include "athanor.generated" .root | fromYaml) "certificates" -}}
{{- $certificate := get $certificates .listener -}}
{{- $keep := include "athanor.keep" .root.Values.secrets.keep | fromYaml -}}
{{- $annotations := merge (dict "athanor.dev/names" $certificate.names "athanor.dev/renew-at" $certificate.renewAt) $keep -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "athanor.metadata" (dict "root" .root "name" (printf "%s-tls" .listener) "annotations" $annotations) | nindent 2 }}
type: kubernetes.io/tls
data:
  tls.crt: {{ b64enc $certificate.crt }}
  tls.key: {{ b64enc $certificate.key }}
  ca.crt: {{ b64enc $certificates.ca.crt }}
{{- end -}}

{{/* cert-manager's Certificate: root, listener. */}}
{{- define "athanor.certManagerCertificate" -}}
{{- $tls := get .root.Values.tls .listener -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  {{- include "athanor.metadata" (dict "root" .root "name" (printf "%s-tls" .listener)) | nindent 2 }}
spec:
  secretName: {{ include "athanor.tlsName" . }}
  issuerRef:
    {{- toYaml $tls.issuer | nindent 4 }}
  duration: {{ $tls.duration }}
  renewBefore: {{ $tls.renewBefore }}
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
  usages: [digital signature, server auth, client auth]
  dnsNames:
    {{- include "athanor.dnsNames" . | nindent 4 }}
  ipAddresses:
    {{- include "athanor.ipAddresses" . | nindent 4 }}
{{- end -}}

{{/* Whether the chart makes a certificate itself. */}}
{{- define "athanor.generatesTls" -}}
{{- if has "generated" (list .Values.tls.mesh.mode .Values.tls.public.mode) }}true{{ end -}}
{{- end -}}
