{{/* The container of a service. */}}
{{- define "service.container" -}}
name: {{ .component.component }}
image: {{ .component.image }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args:
  {{- toYaml .component.args | nindent 2 }}
ports:
  {{- range $name, $port := .component.ports }}
  - {name: {{ $name }}, containerPort: {{ $port | int }}}
  {{- end }}
env:
  {{- include "service.env" . | trim | nindent 2 }}
resources:
  {{- toYaml .component.resources | nindent 2 }}
securityContext:
  {{- include "service.containerSecurity" . | nindent 2 }}
{{ include "service.probes" . }}
lifecycle:
  preStop:
    sleep: {seconds: {{ .component.settings.lifecycle.preStopSeconds | int }}}
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  {{- with .component.mounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Variables, each once: those of the values win over the chart's, also where they are empty. Sorted, so that equal values render equally. */}}
{{- define "service.env" -}}
{{- $env := deepCopy .component.env -}}
{{- range $name, $value := .component.settings.env -}}
{{- $_ := set $env $name $value -}}
{{- end -}}
{{- range $name, $value := $env }}
- name: {{ $name }}
  {{- if kindIs "map" $value }}
  valueFrom:
    {{- toYaml $value | nindent 4 }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
All probes use the plain admin port, because kubelets do not support the mesh's TLS. Start-up and readiness use
grpc.health.v1, which reports NOT_SERVING until models are loaded, and during a drain. Liveness uses /livez: it must not fail
during a drain, or the kubelet would kill a pod that completes its calls. The timeout is five seconds, because a busy machine
is not a hung process.
*/}}
{{- define "service.probes" -}}
startupProbe:
  grpc: {port: {{ .component.ports.admin | int }}}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: {{ div (add (int .component.settings.startupSeconds) 1) 2 }}
readinessProbe:
  grpc: {port: {{ .component.ports.admin | int }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /livez, port: admin}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{/* Seconds from the pod's deletion to SIGKILL: the preStop sleep, both halves of the drain, and 5 s to close. */}}
{{- define "service.gracePeriod" -}}
{{- $lifecycle := .component.settings.lifecycle -}}
{{- $drainMs := add (int $lifecycle.drainDelayMs) (int $lifecycle.drainGraceMs) (int (default 0 .component.extraGraceMs)) -}}
{{- add (int $lifecycle.preStopSeconds) (div (add $drainMs 999) 1000) 5 -}}
{{- end -}}
