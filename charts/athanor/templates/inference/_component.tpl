{{/* The pods of a pool for the library chart: root, pool (its name), values (over the defaults). */}}
{{- define "athanor.pool" -}}
{{- $pool := .values -}}
{{- $ports := get (include "athanor.ports" .root | fromYaml) "inference" -}}
{{- $claim := printf "%s-pool-%s-gpu" (include "athanor.fullname" .root) .pool -}}
{{- $gpu := dict "root" .root "gpu" $pool.gpu "resources" $pool.resources "claimTemplate" $claim -}}
name: pool-{{ .pool }}
component: inference
selector: {athanor.dev/pool: {{ .pool }}}
image: {{ include "athanor.runnerImage" (dict "root" .root "flavour" $pool.image) }}
args: [services/inference/dist/main.js]
ports: {{ toJson $ports }}
settings:
  {{- toYaml $pool | nindent 2 }}
resources:
  {{- include "athanor.gpuResources" $gpu | nindent 2 }}
resourceClaims:
  {{- include "athanor.resourceClaims" $gpu | nindent 2 }}
nodeExpressions:
  {{- include "athanor.nodeExpressions" $gpu | nindent 2 }}
tolerations:
  {{- include "athanor.gpuTolerations" $gpu | nindent 2 }}
rollout: {{ include "athanor.poolRollout" $pool }}
autoscaled: {{ ne $pool.autoscaling.mode "none" }}
checksums:
  {{- include "athanor.checksums" . | nindent 2 }}
env:
  {{- include "athanor.env" (dict "root" .root "settings" $pool "ports" $ports) | nindent 2 }}
  {{- include "athanor.env.nats" (dict "root" .root "service" "inference") | nindent 2 }}
  {{- include "athanor.env.pool" . | nindent 2 }}
volumes:
  - {{ include "athanor.volume.config" (dict "root" .root) | nindent 4 | trim }}
mounts:
  - {{ include "athanor.mount.config" . }}
{{- end -}}

{{- define "athanor.env.pool" -}}
{{- $pool := .values -}}
ATHANOR_REGISTRY_ADDRESS: {{ include "athanor.address" (dict "root" .root "name" "registry" "port" "mesh") }}
ATHANOR_POOL: {{ .pool }}
ATHANOR_POOL_MODELS: {{ toJson $pool.models | quote }}
ATHANOR_GPU: {{ include "athanor.gpuPolicy" $pool | quote }}
ATHANOR_MAX_MESSAGE_BYTES: {{ $pool.maxMessageBytes | int64 | quote }}
{{- with get $pool "modelMemoryMb" }}
ATHANOR_MODEL_MEMORY_MB: {{ int . | quote }}
{{- end }}
{{- end -}}

{{/* surge or replace; auto: replace with a GPU, since none may be free for a new pod. */}}
{{- define "athanor.poolRollout" -}}
{{- if eq .rollout "auto" -}}
{{- ternary "surge" "replace" (eq .gpu.mode "none") -}}
{{- else -}}
{{- .rollout -}}
{{- end -}}
{{- end -}}

{{/* Every pool's object of one kind: root, template (of the library), if (optional: a template that says whether). */}}
{{- define "athanor.eachPool" -}}
{{- $root := .root -}}
{{- $template := .template -}}
{{- range $name, $pool := include "athanor.pools" .root | fromYaml }}
{{- $component := include "athanor.pool" (dict "root" $root "pool" $name "values" $pool) | fromYaml }}
---
{{ include $template (dict "root" $root "component" $component "pool" $name "values" $pool) }}
{{- end }}
{{- end -}}
