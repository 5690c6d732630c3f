{{/*
Merges maps, of which later ones are more specific, as YAML: the more specific value always wins, even if it is empty, false
or 0, and null removes the key. (Sprig's merge and mergeOverwrite treat an empty value as unset.) A list of maps.
*/}}
{{- define "service.overlay" -}}
{{- $result := deepCopy (first . | default dict) -}}
{{- range rest . -}}
{{- include "service.overlayInto" (dict "into" $result "over" .) -}}
{{- end -}}
{{- toYaml $result -}}
{{- end -}}

{{/* Changes the map "into"; returns no text. */}}
{{- define "service.overlayInto" -}}
{{- $into := .into -}}
{{- range $key, $value := .over | default dict -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $into $key -}}
{{- else if and (kindIs "map" $value) (kindIs "map" (get $into $key)) -}}
{{- include "service.overlayInto" (dict "into" (get $into $key) "over" $value) -}}
{{- else if kindIs "map" $value -}}
{{- $_ := set $into $key dict -}}
{{- include "service.overlayInto" (dict "into" (get $into $key) "over" $value) -}}
{{- else -}}
{{- $_ := set $into $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
