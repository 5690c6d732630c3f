{{/* The mesh's connections as data; the policies of both ends are generated from them. */}}
{{- define "athanor.edges" -}}
- {from: registry, to: ingest, port: mesh}
- {from: registry, to: training, port: mesh}
- {from: training, to: ingest, port: mesh}
- {from: training, to: registry, port: mesh}
- {from: inference, to: registry, port: mesh}
{{- if .Values.router.enabled }}
- {from: router, to: registry, port: mesh}
- {from: router, to: inference, port: mesh}
{{- end }}
- {from: {{ ternary "attempt" "training" (eq .Values.training.executor "kubernetes") }}, to: training, port: public}
- {from: smoke-test, to: ingest, port: public}
- {from: smoke-test, to: training, port: public}
- {from: smoke-test, to: registry, port: public}
- {from: smoke-test, to: {{ include "athanor.front" . }}, port: public}
{{- end -}}

{{/* Pods of a component: root, component. */}}
{{- define "athanor.peer" -}}
podSelector:
  matchLabels:
    {{- include "service.selector" (dict "root" .root "component" (dict "component" .component)) | nindent 4 }}
{{- end -}}

{{/* Peers that may reach a component: root, component. */}}
{{- define "athanor.ingress" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $allPorts := include "athanor.ports" $root | fromYaml -}}
{{- range include "athanor.edges" $root | fromYamlArray }}
{{- if eq .to $component }}
- from:
    - {{ include "athanor.peer" (dict "root" $root "component" .from) | nindent 6 | trim }}
  ports: [{port: {{ get (get $allPorts .to) .port | int }}}]
{{- end }}
{{- end }}
{{- if has $component (list "ingest" "training" "registry" (include "athanor.front" $root)) }}
- ports: [{port: {{ get (get $allPorts $component) "public" | int }}}]
  {{- with $root.Values.networkPolicy.publicFrom }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- if hasKey $allPorts $component }}
{{- with $root.Values.networkPolicy.metricsFrom }}
- ports: [{port: {{ get (get $allPorts $component) "admin" | int }}}]
  from:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* External services and the components that use them; the keys are those of networkPolicy. */}}
{{- define "athanor.outside" -}}
nats: [ingest, training, registry, inference, router]
database: [ingest, training, registry]
s3: {{ ternary (list "ingest" "training" "registry") list (eq .Values.blobs.mode "s3") | toJson }}
apiServer: {{ ternary (list "training") list (eq .Values.training.executor "kubernetes") | toJson }}
otlp: {{ ternary list (list "ingest" "training" "registry" "inference" "router") (empty .Values.runtime.otlpEndpoint) | toJson }}
{{- end -}}

{{/* Peers that a component may reach: root, component. */}}
{{- define "athanor.egress" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $allPorts := include "athanor.ports" $root | fromYaml -}}
{{- with $root.Values.networkPolicy.dns }}
- ports:
    {{- range .ports }}
    - {port: {{ int . }}, protocol: UDP}
    - {port: {{ int . }}, protocol: TCP}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- range include "athanor.edges" $root | fromYamlArray }}
{{- if eq .from $component }}
- to:
    - {{ include "athanor.peer" (dict "root" $root "component" .to) | nindent 6 | trim }}
  ports: [{port: {{ get (get $allPorts .to) .port | int }}}]
{{- end }}
{{- end }}
{{- range $name, $components := include "athanor.outside" $root | fromYaml }}
{{- if has $component $components }}
{{- include "athanor.outsideRule" (get $root.Values.networkPolicy $name) }}
{{- end }}
{{- end }}
{{- if has $component (list "ingest" "training" "registry" "inference" "router") }}
{{- with $root.Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "athanor.outsideRule" }}
- ports:
    {{- range .ports }}
    - {port: {{ int . }}}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* NetworkPolicy of a component: root, component (in the library's terms). */}}
{{- define "athanor.networkPolicy" -}}
{{- if .root.Values.networkPolicy.enabled -}}
{{- $which := dict "root" .root "component" .component.component -}}
{{- $rules := dict "ingress" (include "athanor.ingress" $which | fromYamlArray) "egress" (include "athanor.egress" $which | fromYamlArray) -}}
{{- include "service.networkPolicy" (merge $rules .) -}}
{{- end -}}
{{- end -}}
