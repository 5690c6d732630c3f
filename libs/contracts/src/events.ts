import type { DatasetDeleted } from './gen/athanor/ingest/v1/DatasetDeleted.js';
import type { DatasetVersionFailed } from './gen/athanor/ingest/v1/DatasetVersionFailed.js';
import type { DatasetVersionReady } from './gen/athanor/ingest/v1/DatasetVersionReady.js';
import type { DeploymentChanged } from './gen/athanor/registry/v1/DeploymentChanged.js';
import type { ModelAliasMoved } from './gen/athanor/registry/v1/ModelAliasMoved.js';
import type { ModelDeleted } from './gen/athanor/registry/v1/ModelDeleted.js';
import type { ModelVersionRegistered } from './gen/athanor/registry/v1/ModelVersionRegistered.js';
import type { TrainingJobDeleted } from './gen/athanor/training/v1/TrainingJobDeleted.js';
import type { TrainingJobEnded } from './gen/athanor/training/v1/TrainingJobEnded.js';
import type { TrainingJobQueued } from './gen/athanor/training/v1/TrainingJobQueued.js';
import type { TrainingJobSucceeded } from './gen/athanor/training/v1/TrainingJobSucceeded.js';
import { findMessage } from './loader.js';

/** What each event carries. */
export interface EventPayloads {
  'dataset.version.ready': DatasetVersionReady;
  'dataset.version.failed': DatasetVersionFailed;
  'dataset.deleted': DatasetDeleted;
  'training.job.queued': TrainingJobQueued;
  'training.job.succeeded': TrainingJobSucceeded;
  'training.job.ended': TrainingJobEnded;
  'training.job.deleted': TrainingJobDeleted;
  'model.version.registered': ModelVersionRegistered;
  'model.alias.moved': ModelAliasMoved;
  'model.deleted': ModelDeleted;
  'deployment.changed': DeploymentChanged;
}

export type EventType = keyof EventPayloads;

/** Where an event comes from and how it travels. */
export interface EventKind {
  /** The service that owns the aggregate; only it publishes the event. */
  readonly source: 'ingest' | 'training' | 'registry';
  /** Third token of the subject. */
  readonly aggregate: string;
  /** Last token of the subject. */
  readonly event: string;
  /** Full name of the payload's message. */
  readonly message: string;
}

/** Every fact that the mesh publishes. */
export const EVENT_CATALOGUE: { readonly [T in EventType]: EventKind } = {
  'dataset.version.ready': {
    source: 'ingest',
    aggregate: 'dataset-version',
    event: 'ready',
    message: 'athanor.ingest.v1.DatasetVersionReady',
  },
  'dataset.version.failed': {
    source: 'ingest',
    aggregate: 'dataset-version',
    event: 'failed',
    message: 'athanor.ingest.v1.DatasetVersionFailed',
  },
  'dataset.deleted': {
    source: 'ingest',
    aggregate: 'dataset',
    event: 'deleted',
    message: 'athanor.ingest.v1.DatasetDeleted',
  },
  'training.job.queued': {
    source: 'training',
    aggregate: 'training-job',
    event: 'queued',
    message: 'athanor.training.v1.TrainingJobQueued',
  },
  'training.job.succeeded': {
    source: 'training',
    aggregate: 'training-job',
    event: 'succeeded',
    message: 'athanor.training.v1.TrainingJobSucceeded',
  },
  'training.job.ended': {
    source: 'training',
    aggregate: 'training-job',
    event: 'ended',
    message: 'athanor.training.v1.TrainingJobEnded',
  },
  'training.job.deleted': {
    source: 'training',
    aggregate: 'training-job',
    event: 'deleted',
    message: 'athanor.training.v1.TrainingJobDeleted',
  },
  'model.version.registered': {
    source: 'registry',
    aggregate: 'model-version',
    event: 'registered',
    message: 'athanor.registry.v1.ModelVersionRegistered',
  },
  'model.alias.moved': {
    source: 'registry',
    aggregate: 'model-alias',
    event: 'moved',
    message: 'athanor.registry.v1.ModelAliasMoved',
  },
  'model.deleted': {
    source: 'registry',
    aggregate: 'model',
    event: 'deleted',
    message: 'athanor.registry.v1.ModelDeleted',
  },
  'deployment.changed': {
    source: 'registry',
    aggregate: 'deployment',
    event: 'changed',
    message: 'athanor.registry.v1.DeploymentChanged',
  },
};

/** The durable consumers of the event stream, by name: whose they are, and what they react to. */
export const EVENT_CONSUMERS = {
  'registry-register-model': { service: 'registry', types: ['training.job.succeeded'] },
} as const satisfies { readonly [name: string]: { readonly service: string; readonly types: readonly EventType[] } };

export type EventConsumerName = keyof typeof EVENT_CONSUMERS;

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_CATALOGUE, type);
}

export function encodeEvent<T extends EventType>(type: T, payload: EventPayloads[T]): Buffer {
  return findMessage(EVENT_CATALOGUE[type].message).serialize(payload);
}

/** Throws on bytes that are not the event's message. */
export function decodeEvent<T extends EventType>(type: T, bytes: Uint8Array): EventPayloads[T] {
  return findMessage(EVENT_CATALOGUE[type].message).deserialize(Buffer.from(bytes)) as EventPayloads[T];
}
