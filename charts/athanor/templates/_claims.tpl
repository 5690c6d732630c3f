{{/* Volume of a service's blobs: root, service. */}}
{{- define "athanor.claim" -}}
{{- $pvc := .root.Values.blobs.pvc -}}
{{- if and (include "athanor.blobsOnVolume" .root) (not (get $pvc.existingClaims .service)) -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "athanor.metadata" (dict "root" .root "name" (printf "%s-blobs" .service) "annotations" (merge (dict) $pvc.annotations (include "athanor.keep" $pvc.keep | fromYaml))) | nindent 2 }}
spec:
  accessModes: [{{ $pvc.accessMode }}]
  {{- with $pvc.storageClassName }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests: {storage: {{ $pvc.size }}}
{{- end -}}
{{- end -}}
