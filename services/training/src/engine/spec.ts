import type { ResolvedComponent } from '@athanor/components';
import type { ExecutionProvider } from '@athanor/runtime';
import type { SharedParameters } from '../optimizers/optimizer.js';

/** How some input columns are encoded, each on its own. */
export interface ColumnTransform {
  readonly columns: readonly string[];
  readonly transform: ResolvedComponent;
}

/**
 * Everything that decides the bits of the result, besides the data, ONNX Runtime's version and the CPU. The components
 * are resolved: parsed, with their defaults.
 */
export interface TrainingSpec {
  readonly task: ResolvedComponent;
  readonly model: ResolvedComponent;
  readonly optimizer: ResolvedComponent<SharedParameters>;
  readonly schedule: ResolvedComponent;
  readonly targets: readonly string[];
  /** In the order of the served model's inputs. */
  readonly inputs: readonly string[];
  /** The column with the weight of each row in the loss. */
  readonly weight?: string;
  /** Version digest of the imported model that training starts from. */
  readonly base?: string;
  /** Names every input once. */
  readonly transforms: readonly ColumnTransform[];
  /** Of the images of training rows, in their order; default: none. */
  readonly augmentations?: readonly ResolvedComponent[];
  readonly epochs: number;
  /** Rows that are in memory together. */
  readonly batchSize: number;
  /** Batches per step, from 2 if set; a step is one update of the weights. Default: each batch is a step. */
  readonly accumulateSteps?: number;
  /** Epochs without a smaller validation loss after which training ends with the best weights; 0: never. */
  readonly patience: number;
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly cpuThreads: number;
  /** Execution provider; default: cpu. */
  readonly provider?: ExecutionProvider;
  readonly checkpointEverySteps: number;
  /** Bytes of shards whose rows are shuffled together, if the training split is larger. Default: 1 GiB. */
  readonly shuffleBufferBytes?: number;
  /** Steps per run() of the runtime; it does not change the result. Default: sized for runs of about a second. */
  readonly chunkSteps?: number;
}

export const DEFAULT_SHUFFLE_BUFFER_BYTES = 2 ** 30;

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
  wholeFrom(2, 'accumulateSteps', spec.accumulateSteps);
  wholeFrom(0, 'patience', spec.patience);
  wholeFrom(0, 'seed', spec.seed);
  wholeFrom(1, 'cpuThreads', spec.cpuThreads);
  wholeFrom(1, 'checkpointEverySteps', spec.checkpointEverySteps);
  wholeFrom(1, 'chunkSteps', spec.chunkSteps);
  wholeFrom(1, 'shuffleBufferBytes', spec.shuffleBufferBytes);
  if (spec.inputs.length === 0) problems.push('expected at least one input column, received none');
  if (problems.length > 0) throw new InvalidTrainingSpec(problems);
}

/** Rows per update of the weights: all of the batches that it accumulates. */
export function stepRows({
  batchSize,
  accumulateSteps = 1,
}: Pick<TrainingSpec, 'batchSize' | 'accumulateSteps'>): number {
  return batchSize * accumulateSteps;
}

/** Throws InvalidTrainingSpec for a step that the training split cannot fill. */
export function assertBatchFits(spec: TrainingSpec, rows: number): void {
  const problem = batchProblem(spec, rows);
  if (problem !== undefined) throw new InvalidTrainingSpec([problem]);
}

export function batchProblem(
  { batchSize, accumulateSteps = 1 }: Pick<TrainingSpec, 'batchSize' | 'accumulateSteps'>,
  rows: number,
): string | undefined {
  if (batchSize > rows)
    return `expected a batch of at most the ${rows} rows of the training split, received ${batchSize}`;
  if (batchSize * accumulateSteps <= rows) return undefined;
  return `expected steps of at most the ${rows} rows of the training split, received ${accumulateSteps} batches of ${batchSize}`;
}
