import type { ModelQuarantined } from './gen/athanor/inference/v1/ModelQuarantined.js';
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

/** Payload types of all events. */
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
  'inference.model.quarantined': ModelQuarantined;
}

export type EventType = keyof EventPayloads;
