{{/*
The Job template of an attempt: the executor sets the names, its own labels and the secret with the work order. backoffLimit
is 0, since the mesh itself retries attempts; suspended if Kueue is to admit it.
*/}}
{{- define "athanor.attemptTemplate" -}}
{{- include "athanor.attemptJob" . | fromYaml | toPrettyJson -}}
{{- end -}}

{{- define "athanor.attemptTemplateName" -}}
{{- include "athanor.fullname" . }}-attempt-template
{{- end -}}

{{- define "athanor.attemptClaimName" -}}
{{- include "athanor.fullname" . }}-attempt-gpu
{{- end -}}

{{- define "athanor.attemptJob" -}}
{{- $job := .Values.training.job -}}
apiVersion: batch/v1
kind: Job
metadata:
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "athanor.attemptLabels" . | nindent 4 }}
    {{- with $job.queueName }}
    kueue.x-k8s.io/queue-name: {{ . }}
    {{- end }}
spec:
  suspend: {{ ne $job.queueName "" }}
  backoffLimit: 0
  activeDeadlineSeconds: {{ $job.activeDeadlineSeconds | int64 }}
  ttlSecondsAfterFinished: {{ $job.ttlSecondsAfterFinished | int64 }}
  template:
    metadata:
      labels:
        {{- include "service.overlay" (list $job.podLabels (include "athanor.attemptLabels" . | fromYaml)) | nindent 8 }}
      {{- with $job.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "athanor.attemptPod" . | nindent 6 }}
{{- end -}}

{{/* Without version or chart: running Jobs are not changed by upgrades. */}}
{{- define "athanor.attemptLabels" -}}
{{ include "service.selector" (dict "root" . "component" (dict "component" "attempt")) }}
app.kubernetes.io/part-of: athanor
athanor.dev/release: {{ .Release.Name }}
{{- end -}}

{{- define "athanor.attemptPod" -}}
{{- $job := .Values.training.job -}}
{{- $gpu := dict "root" . "gpu" $job.gpu "resources" $job.resources "claimTemplate" (include "athanor.attemptClaimName" .) -}}
restartPolicy: Never
serviceAccountName: {{ include "athanor.fullname" . }}-attempt
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ $job.terminationGracePeriodSeconds | int64 }}
securityContext:
  {{- include "service.podSecurity" . | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{ include "service.scheduling" (dict "root" . "component" (dict "settings" $job "nodeExpressions" (include "athanor.nodeExpressions" $gpu | fromYamlArray) "tolerations" (include "athanor.gpuTolerations" $gpu | fromYamlArray))) | trim }}
{{- with include "athanor.resourceClaims" $gpu | fromYamlArray }}
resourceClaims:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: attempt
    image: {{ include "athanor.runnerImage" (dict "root" . "flavour" $job.image) }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args: [services/training/dist/runner/main.js, --work-order, /var/run/athanor/work-order.json]
    env:
      {{- include "service.env" (dict "component" (dict "settings" $job "env" (dict "ATHANOR_GPU" (include "athanor.gpuPolicy" $gpu)))) | trim | nindent 6 }}
    resources:
      {{- include "athanor.gpuResources" $gpu | nindent 6 }}
    securityContext:
      {{- include "service.containerSecurity" . | nindent 6 }}
    terminationMessagePolicy: FallbackToLogsOnError
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      - {name: work-order, mountPath: /var/run/athanor, readOnly: true}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: {{ $job.tmpSizeLimit }}}
  - name: work-order
    secret: {secretName: work-order, defaultMode: 288}
{{- end -}}
