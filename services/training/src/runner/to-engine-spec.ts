import type { ResolvedComponent } from '@athanor/components';
import { fromComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import type { TrainingSpec as WireSpec } from '@athanor/contracts/training';
import type { ExecutionProvider } from '@athanor/runtime';
import type { TrainingSpec } from '../engine/index.js';
import type { SharedParameters } from '../optimizers/optimizer.js';

const DEFAULT_CHECKPOINT_STEPS = 2_000;
const CONSTANT: ResolvedComponent = { kind: 'constant', version: 1, parameters: { warmup: 0 } };

/** Converts the job's spec, which the service has resolved, to the engine's. */
export function toEngineSpec(spec: WireSpec, provider: ExecutionProvider): TrainingSpec {
  return {
    task: resolved(spec.task, 'task'),
    model: resolved(spec.model, 'model'),
    optimizer: resolved(spec.optimizer, 'optimizer') as ResolvedComponent<SharedParameters>,
    // Jobs of earlier releases have none.
    schedule: spec.schedule === null ? CONSTANT : resolved(spec.schedule, 'schedule'),
    targets: spec.targets,
    inputs: spec.inputs,
    ...(spec.weight !== '' && { weight: spec.weight }),
    ...(spec.base && { base: spec.base.versionDigest }),
    transforms: spec.transforms.map(({ columns, transform }) => ({
      columns,
      transform: resolved(transform, 'transform'),
    })),
    // Left out where there are none, so that the checkpoints of such jobs keep their conditions.
    ...(spec.augmentations.length > 0 && {
      augmentations: spec.augmentations.map(each => resolved(each, 'augmentation')),
    }),
    epochs: spec.epochs,
    batchSize: spec.batchSize,
    ...(spec.accumulateSteps > 1 && { accumulateSteps: spec.accumulateSteps }),
    patience: spec.earlyStopping?.patience ?? 0,
    seed: spec.seed,
    cpuThreads: spec.cpuThreads,
    provider,
    ...(spec.shuffleBufferMb > 0 && { shuffleBufferBytes: spec.shuffleBufferMb * 2 ** 20 }),
    checkpointEverySteps: spec.checkpointEverySteps || DEFAULT_CHECKPOINT_STEPS,
  };
}

function resolved(component: Component | null, field: string): ResolvedComponent {
  if (component !== null) return fromComponent(component);
  throw new Error(
    `expected '${field}' in the job's spec, received none; the service resolves it when the job is created`,
  );
}
