import type { AdamOptions, SgdOptions } from '@athanor/autodiff';
import type { ExecutionProvider } from '@athanor/runtime';

export interface AdamSpec extends AdamOptions {
  readonly kind: 'adam';
  readonly learningRate: number;
}

export interface SgdSpec extends SgdOptions {
  readonly kind: 'sgd';
  readonly learningRate: number;
}

export type OptimizerSpec = AdamSpec | SgdSpec;

/** Everything that decides the bits of the result, besides the data, ONNX Runtime's version and the CPU. */
export interface TrainingSpec {
  readonly model: { readonly kind: 'mlp'; readonly hidden: readonly number[] };
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerSpec;
  /** Maximum global norm of the gradients. */
  readonly clipNorm?: number;
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly cpuThreads: number;
  /** Execution provider; default: cpu. */
  readonly provider?: ExecutionProvider;
  readonly checkpointEverySteps: number;
  /** Steps per run() of the runtime; it does not change the result. Default: sized for runs of about a second. */
  readonly chunkSteps?: number;
}

export class InvalidTrainingSpec extends Error {
  override readonly name = 'InvalidTrainingSpec';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the training specification is not valid: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Throws InvalidTrainingSpec that lists all problems. */
export function assertValidSpec(spec: TrainingSpec): void {
  const problems: string[] = [];
  const wholeFrom = (minimum: number, field: string, value: number | undefined) => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= minimum)) return;
    problems.push(`${field} must be a whole number ≥ ${minimum}, received ${value}`);
  };
  wholeFrom(1, 'epochs', spec.epochs);
  wholeFrom(1, 'batchSize', spec.batchSize);
  wholeFrom(0, 'seed', spec.seed);
  wholeFrom(1, 'cpuThreads', spec.cpuThreads);
  wholeFrom(1, 'checkpointEverySteps', spec.checkpointEverySteps);
  wholeFrom(1, 'chunkSteps', spec.chunkSteps);
  for (const width of spec.model.hidden) wholeFrom(1, 'model.hidden', width);
  const { learningRate } = spec.optimizer;
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    problems.push(`optimizer.learningRate must be a number > 0, received ${learningRate}`);
  }
  if (spec.clipNorm !== undefined && !(spec.clipNorm > 0)) {
    problems.push(`clipNorm must be a number > 0, received ${spec.clipNorm}`);
  }
  if (problems.length > 0) throw new InvalidTrainingSpec(problems);
}
