import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Implementation, Stub } from './calls.js';
import type { EventServiceDefinition, EventServiceHandlers } from './gen/athanor/events/v1/EventService.js';
import type {
  InferenceStatusServiceDefinition,
  InferenceStatusServiceHandlers,
} from './gen/athanor/inference/v1/InferenceStatusService.js';
import type { IngestServiceDefinition, IngestServiceHandlers } from './gen/athanor/ingest/v1/IngestService.js';
import type { RegistryServiceDefinition, RegistryServiceHandlers } from './gen/athanor/registry/v1/RegistryService.js';
import type { AttemptServiceDefinition, AttemptServiceHandlers } from './gen/athanor/training/v1/AttemptService.js';
import type { TrainingServiceDefinition, TrainingServiceHandlers } from './gen/athanor/training/v1/TrainingService.js';
import type {
  GRPCInferenceServiceDefinition,
  GRPCInferenceServiceHandlers,
} from './gen/inference/GRPCInferenceService.js';
import { findService } from './loader.js';

/** Full names of the mesh's services. */
export const SERVICE_NAMES = {
  ingest: 'athanor.ingest.v1.IngestService',
  training: 'athanor.training.v1.TrainingService',
  attempts: 'athanor.training.v1.AttemptService',
  registry: 'athanor.registry.v1.RegistryService',
  events: 'athanor.events.v1.EventService',
  inference: 'inference.GRPCInferenceService',
  inferenceStatus: 'athanor.inference.v1.InferenceStatusService',
} as const;

export type ServiceKey = keyof typeof SERVICE_NAMES;

interface Handlers {
  ingest: IngestServiceHandlers;
  training: TrainingServiceHandlers;
  attempts: AttemptServiceHandlers;
  registry: RegistryServiceHandlers;
  events: EventServiceHandlers;
  inference: GRPCInferenceServiceHandlers;
  inferenceStatus: InferenceStatusServiceHandlers;
}

interface Definitions {
  ingest: IngestServiceDefinition;
  training: TrainingServiceDefinition;
  attempts: AttemptServiceDefinition;
  registry: RegistryServiceDefinition;
  events: EventServiceDefinition;
  inference: GRPCInferenceServiceDefinition;
  inferenceStatus: InferenceStatusServiceDefinition;
}

/** A server's implementation: one function per RPC, without gRPC types. */
export type ServiceImplementation<K extends ServiceKey, Context> = Implementation<Handlers[K], Context>;

/** A client's interface: one function per RPC. */
export type ServiceStub<K extends ServiceKey, Options> = Stub<Definitions[K], Handlers[K], Options>;

export function serviceDefinition(key: ServiceKey): ServiceDefinition {
  return findService(SERVICE_NAMES[key]);
}
