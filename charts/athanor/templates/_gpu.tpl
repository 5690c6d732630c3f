{{/*
GPUs of a workload, a pool's pods or an attempt's: its dict has gpu, resources and image. A workload with a GPU runs only on nodes with the right one; a workload without one avoids such nodes, so that it does not
use the CPU and memory that GPU workloads need.
*/}}

{{/* Conditions on nodes: root, gpu. */}}
{{- define "athanor.nodeExpressions" -}}
{{- if eq .gpu.mode "none" -}}
{{- include "athanor.nodeExpressions.withoutGpu" .root -}}
{{- else if eq .gpu.mode "devicePlugin" -}}
{{- $placement := .root.Values.placement -}}
- {key: {{ $placement.gpuLabel }}, operator: In, values: ["true"]}
{{- with .gpu.products }}
- {key: {{ $placement.productLabel }}, operator: In, values: {{ toJson . }}}
{{- end }}
{{- if gt (int .gpu.minMemoryMiB) 0 }}
- {key: {{ $placement.memoryLabel }}, operator: Gt, values: [{{ sub (int .gpu.minMemoryMiB) 1 | quote }}]}
{{- end }}
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{- define "athanor.nodeExpressions.withoutGpu" -}}
{{- if .Values.placement.avoidGpuNodes -}}
- {key: {{ .Values.placement.gpuLabel }}, operator: NotIn, values: ["true"]}
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{/* Tolerations: root, gpu. */}}
{{- define "athanor.gpuTolerations" -}}
{{- if eq .gpu.mode "none" -}}
[]
{{- else -}}
- {key: {{ .root.Values.placement.gpuTaint }}, operator: Exists, effect: NoSchedule}
{{- end -}}
{{- end -}}

{{/* Resources of the container: those of the values, and the devices. */}}
{{- define "athanor.gpuResources" -}}
{{- $resources := deepCopy .resources -}}
{{- if eq .gpu.mode "devicePlugin" -}}
{{- $resources = mergeOverwrite $resources (dict "limits" (dict .gpu.resource (int .gpu.count))) -}}
{{- else if eq .gpu.mode "dra" -}}
{{- $_ := set $resources "claims" (list (dict "name" "gpu")) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* Claims of the pod: gpu, claimTemplate (a name). */}}
{{- define "athanor.resourceClaims" -}}
{{- if eq .gpu.mode "dra" -}}
- {name: gpu, resourceClaimTemplateName: {{ .claimTemplate }}}
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{/* Requirements of a device: gpu. Products are compared in the spelling of node labels, with hyphens for spaces. */}}
{{- define "athanor.deviceExpression" -}}
{{- $conditions := list "device.driver == 'gpu.nvidia.com'" -}}
{{- if .gpu.products -}}
{{- $conditions = append $conditions (printf "device.attributes['gpu.nvidia.com'].productName.replace(' ', '-') in ['%s']" (join "', '" .gpu.products)) -}}
{{- end -}}
{{- if gt (int .gpu.minMemoryMiB) 0 -}}
{{- $conditions = append $conditions (printf "device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('%dMi')) >= 0" (int .gpu.minMemoryMiB)) -}}
{{- end -}}
{{- join " && " $conditions -}}
{{- end -}}

{{/* Spec of a ResourceClaimTemplate: gpu. */}}
{{- define "athanor.deviceClaim" -}}
devices:
  requests:
    - name: gpu
      exactly:
        deviceClassName: {{ .gpu.deviceClass }}
        allocationMode: ExactCount
        count: {{ int .gpu.count }}
        selectors:
          - cel: {expression: {{ include "athanor.deviceExpression" . | quote }}}
{{- end -}}

{{/* ATHANOR_GPU: gpu. */}}
{{- define "athanor.gpuPolicy" -}}
{{- if eq .gpu.mode "none" }}off{{ else }}{{ ternary "required" "preferred" .gpu.required }}{{ end -}}
{{- end -}}
