{{/* The gRPC services that external callers reach, by component. */}}
{{- define "athanor.grpcServices" -}}
ingest: {port: 8011, names: [athanor.ingest.v1.IngestService]}
training: {port: 8021, names: [athanor.training.v1.TrainingService]}
registry: {port: 8031, names: [athanor.registry.v1.RegistryService, athanor.events.v1.EventService]}
inference: {port: 8001, names: [inference.GRPCInferenceService]}
{{- end -}}
