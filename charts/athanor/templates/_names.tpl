{{/* Names: of objects, images, addresses. */}}

{{- define "athanor.fullname" -}}
{{- include "service.fullname" (dict "root" .) -}}
{{- end -}}

{{/* Metadata of an object that belongs to no service: root, name (a suffix), annotations (optional). */}}
{{- define "athanor.metadata" -}}
name: {{ include "athanor.fullname" .root }}-{{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "service.releaseLabels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with include "service.overlay" (list .root.Values.commonAnnotations .annotations) | fromYaml }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Annotations of objects that are kept after uninstalling, if the values say so. */}}
{{- define "athanor.keep" -}}
{{- if . }}{helm.sh/resource-policy: keep}{{ else }}{}{{ end -}}
{{- end -}}

{{/* A service's values, merged over its own defaults and the defaults of all services: root, values, service. */}}
{{- define "athanor.settings" -}}
{{- include "service.overlay" (list .root.Values.defaults (include "athanor.ownDefaults" .service | fromYaml) .values) -}}
{{- end -}}

{{/*
Defaults of a service that differ from the defaults of all. Not in values.yaml, because there a user's null would only remove
that value, and the default of all services would apply again.
*/}}
{{- define "athanor.ownDefaults" -}}
{{- if eq . "ingest" -}}
resources: {requests: {cpu: 250m, memory: 512Mi}, limits: {memory: 4Gi}}
{{- else if eq . "inference" -}}
resources: {requests: {cpu: 500m, memory: 512Mi}, limits: {memory: 2Gi}}
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{/* Image reference: root, image (control, runner, runnerCuda). */}}
{{- define "athanor.image" -}}
{{- $image := get .root.Values.image .image -}}
{{- $variant := ternary "-cuda" "" (eq .image "runnerCuda") -}}
{{- $tag := default (printf "%s%s" .root.Chart.AppVersion $variant) $image.tag -}}
{{- with .root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $tag }}{{ end -}}
{{- end -}}

{{/* Image of a flavour: root, flavour (cpu, cuda). */}}
{{- define "athanor.runnerImage" -}}
{{- include "athanor.image" (dict "root" .root "image" (ternary "runnerCuda" "runner" (eq .flavour "cuda"))) -}}
{{- end -}}

{{/* Ports of each component. The mesh's are for mutual TLS; admin is plain, for probes and scrapers. */}}
{{- define "athanor.ports" -}}
ingest: {public: 8011, admin: 8012, mesh: 8013}
training: {public: 8021, admin: 8022, mesh: 8023}
registry: {public: 8031, admin: 8032, mesh: 8033}
inference: {public: 8001, admin: 8002, mesh: 8003}
router: {public: 8051, admin: 8052}
{{- end -}}

{{/* A Service's name in the cluster: root, name (a suffix). */}}
{{- define "athanor.host" -}}
{{- printf "%s-%s.%s.svc.%s" (include "athanor.fullname" .root) .name .root.Release.Namespace .root.Values.clusterDomain -}}
{{- end -}}

{{/* Address of a service: root, name, port (public or mesh). Models are reached through the front's Service, on Triton's port. */}}
{{- define "athanor.address" -}}
{{- $ports := include "athanor.ports" .root | fromYaml -}}
{{- printf "%s:%d" (include "athanor.host" .) (get (get $ports .name) .port | int) -}}
{{- end -}}

{{/* The component that answers callers of models: the router, or the one pool's pods. */}}
{{- define "athanor.front" -}}
{{- ternary "router" "inference" .Values.router.enabled -}}
{{- end -}}

{{/* Pools by name, each with its values over the defaults; a single one that serves everything if none is defined. */}}
{{- define "athanor.pools" -}}
{{- $own := include "athanor.ownDefaults" "inference" | fromYaml -}}
{{- range $name, $pool := .Values.inference.pools | default (dict "cpu" dict) }}
{{ $name }}:
  {{- include "service.overlay" (list $.Values.defaults $own $.Values.inference.defaults $pool) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A quantity of Kubernetes in bytes, for comparisons: "1.5Gi" is 1610612736. */}}
{{- define "athanor.bytes" -}}
{{- $units := dict "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "m" 0.001 -}}
{{- $text := kindIs "string" . | ternary . (printf "%v" (. | toString)) -}}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (get $units (regexFind "[A-Za-z]+$" $text) | default 1 | float64) | int64 -}}
{{- end -}}
