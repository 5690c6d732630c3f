{{/* router for the library chart. */}}
{{- define "athanor.router" -}}
{{- $settings := include "athanor.settings" (dict "root" . "values" .Values.router "service" "router") | fromYaml -}}
{{- $ports := get (include "athanor.ports" . | fromYaml) "router" -}}
name: router
component: router
image: {{ include "athanor.image" (dict "root" . "image" "control") }}
args: [services/router/dist/main.js]
ports: {{ toJson $ports }}
settings:
  {{- toYaml $settings | nindent 2 }}
resources:
  {{- toYaml $settings.resources | nindent 2 }}
nodeExpressions:
  {{- include "athanor.nodeExpressions.withoutGpu" . | nindent 2 }}
checksums:
  {{- include "athanor.checksums" (dict "root" . "configMap" (dict "content" (include "athanor.poolsFile" .))) | nindent 2 }}
env:
  {{- include "athanor.env" (dict "root" . "settings" $settings "ports" $ports) | nindent 2 }}
  {{- include "athanor.env.nats" (dict "root" . "service" "router") | nindent 2 }}
  ATHANOR_MAX_MESSAGE_BYTES: {{ .Values.inference.defaults.maxMessageBytes | int64 | quote }}
  ATHANOR_REGISTRY_ADDRESS: {{ include "athanor.address" (dict "root" . "name" "registry" "port" "mesh") }}
  ATHANOR_POOLS_FILE: /etc/athanor/pools.json
volumes:
  - {{ include "athanor.volume.config" (dict "root" . "configMap" (dict "name" (include "athanor.poolsFileName" .) "key" "pools.json")) | nindent 4 | trim }}
mounts:
  - {{ include "athanor.mount.config" . }}
{{- end -}}

{{- define "athanor.poolsFileName" -}}
{{- include "athanor.fullname" . }}-pools
{{- end -}}

{{/* The router's pools file: the address of each pool, and the models that it serves. */}}
{{- define "athanor.poolsFile" -}}
{{- $root := . -}}
{{- $pools := list -}}
{{- $port := get (get (include "athanor.ports" . | fromYaml) "inference") "mesh" | int -}}
{{- range $name, $pool := include "athanor.pools" . | fromYaml -}}
{{- $host := include "athanor.host" (dict "root" $root "name" (printf "pool-%s" $name)) -}}
{{- $pools = append $pools (dict "name" $name "address" (printf "%s:%d" $host $port) "models" $pool.models) -}}
{{- end -}}
{{- dict "pools" $pools | toPrettyJson -}}
{{- end -}}
