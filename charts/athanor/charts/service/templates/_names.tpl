{{/*
Names and labels. Every template of this library takes a dict: "root" (the chart's root context) and "component", the settings of one service:

  name       suffix of its objects' names, for example "ingest" or "pool-cpu"
  component  app.kubernetes.io/component
  selector   further labels that select its pods (optional)
  image      image reference
  args       what the container runs
  ports      port by name: public, admin, mesh
  env        variables by name: a text, or a map as in valueFrom
  volumes, mounts, checksums, apiToken
  settings   the component's values over "defaults"
*/}}

{{/* The release's name for its objects. */}}
{{- define "service.fullname" -}}
{{- $name := default .root.Chart.Name .root.Values.nameOverride -}}
{{- if .root.Values.fullnameOverride -}}
{{- .root.Values.fullnameOverride -}}
{{- else if contains $name .root.Release.Name -}}
{{- .root.Release.Name -}}
{{- else -}}
{{- printf "%s-%s" .root.Release.Name $name -}}
{{- end -}}
{{- end -}}

{{/* The name of a component's objects. */}}
{{- define "service.name" -}}
{{- printf "%s-%s" (include "service.fullname" .) .component.name -}}
{{- end -}}

{{/* Labels that select the pods of this release. */}}
{{- define "service.releaseSelector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{/* Labels that select the pods of a component; they never change, since selectors are immutable. */}}
{{- define "service.selector" -}}
{{ include "service.releaseSelector" . }}
app.kubernetes.io/component: {{ .component.component }}
{{- with .component.selector }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of objects that belong to no component. Values cannot override the selecting labels. */}}
{{- define "service.releaseLabels" -}}
{{- include "service.overlay" (list .root.Values.commonLabels (include "service.ownLabels" . | fromYaml)) -}}
{{- end -}}

{{- define "service.ownLabels" -}}
{{ include "service.releaseSelector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: athanor
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Labels of a component's objects. */}}
{{- define "service.labels" -}}
{{ include "service.releaseLabels" . }}
app.kubernetes.io/component: {{ .component.component }}
{{- with .component.selector }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of pods: without versions, so that a new version alone does not restart them. */}}
{{- define "service.podLabels" -}}
{{- $own := include "service.selector" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "athanor" -}}
{{- include "service.overlay" (list .root.Values.commonLabels .component.settings.podLabels $own) -}}
{{- end -}}

{{/* Metadata of one of a component's objects: name, labels, annotations. */}}
{{- define "service.metadata" -}}
name: {{ include "service.name" . }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "service.labels" . | nindent 2 }}
{{- with include "service.overlay" (list .root.Values.commonAnnotations .annotations) | fromYaml }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
