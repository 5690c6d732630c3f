{{/* Scheduling of a pod. */}}
{{- define "service.scheduling" -}}
{{- $settings := .component.settings -}}
{{- with $settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with concat ($settings.tolerations | default list) (.component.tolerations | default list) }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "service.affinity" . | fromYaml }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $settings.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* The affinity of the values, with the component's own conditions on nodes added to each of its terms. */}}
{{- define "service.affinity" -}}
{{- $affinity := deepCopy (.component.settings.affinity | default dict) -}}
{{- $own := .component.nodeExpressions | default list -}}
{{- if $own -}}
{{- $node := get $affinity "nodeAffinity" | default dict -}}
{{- $required := get $node "requiredDuringSchedulingIgnoredDuringExecution" | default dict -}}
{{- $terms := list -}}
{{- range get $required "nodeSelectorTerms" | default (list dict) -}}
{{- $terms = append $terms (set . "matchExpressions" (concat (get . "matchExpressions" | default list) $own)) -}}
{{- end -}}
{{- $_ := set $required "nodeSelectorTerms" $terms -}}
{{- $_ := set $node "requiredDuringSchedulingIgnoredDuringExecution" $required -}}
{{- $_ := set $affinity "nodeAffinity" $node -}}
{{- end -}}
{{- toYaml $affinity -}}
{{- end -}}

{{/* Spread over nodes and zones, counting only pods of the same revision. */}}
{{- define "service.topologySpread" -}}
{{- $ := . -}}
{{- range $key, $whenUnsatisfiable := (dict "kubernetes.io/hostname" .component.settings.topologySpread.hostname "topology.kubernetes.io/zone" .component.settings.topologySpread.zone) }}
{{- if ne $whenUnsatisfiable "" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: {{ $whenUnsatisfiable }}
  labelSelector:
    matchLabels:
      {{- include "service.selector" $ | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- end -}}

{{/* Pod template of a service. */}}
{{- define "service.pod" -}}
metadata:
  labels:
    {{- include "service.podLabels" . | nindent 4 }}
  {{- with include "service.podAnnotations" . | fromYaml }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "service.name" . }}
  automountServiceAccountToken: {{ .component.apiToken | default false }}
  enableServiceLinks: false
  {{- if not .component.settings.hostUsers }}
  hostUsers: false
  {{- end }}
  terminationGracePeriodSeconds: {{ include "service.gracePeriod" . }}
  securityContext:
    {{- include "service.podSecurity" . | nindent 4 }}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with include "service.scheduling" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with include "service.topologySpread" . | trim }}
  topologySpreadConstraints:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with .component.resourceClaims }}
  resourceClaims:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - {{ include "service.container" . | nindent 6 | trim }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: {{ .component.settings.tmpSizeLimit }}}
    {{- with .component.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Annotations of a pod: those of the values, and checksums of what it reads only at start-up, so that it restarts when they change. */}}
{{- define "service.podAnnotations" -}}
{{- $annotations := include "service.overlay" (list .root.Values.commonAnnotations .component.settings.podAnnotations) | fromYaml -}}
{{- range $name, $sum := .component.checksums | default dict -}}
{{- $_ := set $annotations (printf "checksum/%s" $name) $sum -}}
{{- end -}}
{{- toYaml $annotations -}}
{{- end -}}
