import type { TrainingSpec as WireSpec } from '@athanor/contracts/training';
import type { ExecutionProvider } from '@athanor/runtime';
import type { TrainingSpec } from '../engine/index.js';

const DEFAULT_CHECKPOINT_STEPS = 2_000;

/** Converts the job's spec, which the service has validated, to the engine's. */
export function toEngineSpec(spec: WireSpec, provider: ExecutionProvider): TrainingSpec {
  const { learningRate = 0, momentum = 0, weightDecay = 0, clipNorm = 0, kind } = spec.optimizer ?? {};
  const decay = weightDecay > 0 ? { weightDecay } : {};
  return {
    model: { kind: 'mlp', hidden: spec.model?.hidden ?? [] },
    epochs: spec.epochs,
    batchSize: spec.batchSize,
    optimizer: kind === 'sgd' ? { kind, learningRate, momentum, ...decay } : { kind: 'adam', learningRate, ...decay },
    ...(clipNorm > 0 && { clipNorm }),
    seed: spec.seed,
    cpuThreads: spec.cpuThreads,
    provider,
    checkpointEverySteps: spec.checkpointEverySteps || DEFAULT_CHECKPOINT_STEPS,
  };
}
