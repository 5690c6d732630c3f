import type { EventPayloads, EventType } from './event-payloads.js';
import { findMessage } from './loader.js';
import { SERVICE_LIST, SERVICES, type ServiceName } from './service-table.js';

/** How an event is published. */
export interface EventKind {
  /** Third token of the subject. */
  readonly aggregate: string;
  /** Last token of the subject. */
  readonly event: string;
  /** Full name of the payload's message. */
  readonly message: string;
}

/** All events of the mesh. */
export const EVENT_CATALOGUE: { readonly [T in EventType]: EventKind } = {
  'dataset.version.ready': {
    aggregate: 'dataset-version',
    event: 'ready',
    message: 'athanor.ingest.v1.DatasetVersionReady',
  },
  'dataset.version.failed': {
    aggregate: 'dataset-version',
    event: 'failed',
    message: 'athanor.ingest.v1.DatasetVersionFailed',
  },
  'dataset.deleted': {
    aggregate: 'dataset',
    event: 'deleted',
    message: 'athanor.ingest.v1.DatasetDeleted',
  },
  'training.job.queued': {
    aggregate: 'training-job',
    event: 'queued',
    message: 'athanor.training.v1.TrainingJobQueued',
  },
  'training.job.succeeded': {
    aggregate: 'training-job',
    event: 'succeeded',
    message: 'athanor.training.v1.TrainingJobSucceeded',
  },
  'training.job.ended': {
    aggregate: 'training-job',
    event: 'ended',
    message: 'athanor.training.v1.TrainingJobEnded',
  },
  'training.job.deleted': {
    aggregate: 'training-job',
    event: 'deleted',
    message: 'athanor.training.v1.TrainingJobDeleted',
  },
  'model.version.registered': {
    aggregate: 'model-version',
    event: 'registered',
    message: 'athanor.registry.v1.ModelVersionRegistered',
  },
  'model.alias.moved': {
    aggregate: 'model-alias',
    event: 'moved',
    message: 'athanor.registry.v1.ModelAliasMoved',
  },
  'model.deleted': {
    aggregate: 'model',
    event: 'deleted',
    message: 'athanor.registry.v1.ModelDeleted',
  },
  'deployment.changed': {
    aggregate: 'deployment',
    event: 'changed',
    message: 'athanor.registry.v1.DeploymentChanged',
  },
  'inference.model.quarantined': {
    aggregate: 'inference-model',
    event: 'quarantined',
    message: 'athanor.inference.v1.ModelQuarantined',
  },
};

/** The service that owns the event's aggregate; only it publishes the event. */
export function eventSource(type: EventType): ServiceName {
  const found = SERVICE_LIST.find(name => (SERVICES[name].publishes as readonly EventType[]).includes(type));
  if (found === undefined) throw new Error(`no row of SERVICES publishes ${type}`);
  return found;
}

/** A durable consumer of the event stream: its owner, and the events that it handles. */
export interface EventConsumer {
  readonly service: ServiceName;
  readonly types: readonly EventType[];
}

/** Every durable consumer by its name. */
export const EVENT_CONSUMERS: Readonly<Record<string, EventConsumer>> = Object.fromEntries(
  SERVICE_LIST.flatMap(service =>
    Object.entries<readonly EventType[]>(SERVICES[service].consumers).map(([name, types]) => [
      name,
      { service, types },
    ]),
  ),
);

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_CATALOGUE, type);
}

export function encodeEvent<T extends EventType>(type: T, payload: EventPayloads[T]): Buffer {
  return findMessage(EVENT_CATALOGUE[type].message).serialize(payload);
}

/** Throws for bytes that are not the event's message. */
export function decodeEvent<T extends EventType>(type: T, bytes: Uint8Array): EventPayloads[T] {
  return findMessage(EVENT_CATALOGUE[type].message).deserialize(Buffer.from(bytes)) as EventPayloads[T];
}
