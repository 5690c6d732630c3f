import type { Tap } from '@athanor/autodiff';

/** Known facts about a divergence; unknown figures are absent. */
interface Divergence {
  readonly epoch?: number;
  /** Steps since the start of the job, counted from 1. */
  readonly step?: number;
  readonly lastFiniteLoss?: number | undefined;
}

/** The loss, the weights or the predictions are not finite. */
export class TrainingDiverged extends Error {
  override readonly name = 'TrainingDiverged';
  readonly epoch: number | undefined;
  readonly step: number | undefined;
  readonly lastFiniteLoss: number | undefined;

  private constructor(what: string, learningRate: number, facts: Divergence = {}) {
    const lower = Number((learningRate / 10).toPrecision(3));
    super(
      `training diverged${what}; lower the learning rate (${learningRate} now; try ${lower}), or set clipNorm to 1`,
    );
    this.epoch = facts.epoch;
    this.step = facts.step;
    this.lastFiniteLoss = facts.lastFiniteLoss;
  }

  static ofLoss(facts: {
    readonly epoch: number;
    readonly step: number;
    readonly lastFiniteLoss: number | undefined;
    readonly learningRate: number;
    /** The first value of the step that is not finite. */
    readonly origin?: Tap;
  }): TrainingDiverged {
    const { epoch, step, lastFiniteLoss, learningRate, origin } = facts;
    const last =
      lastFiniteLoss === undefined ? 'no step before it was finite' : `the last finite loss was ${lastFiniteLoss}`;
    const what = ` in epoch ${epoch + 1} at step ${step}: the loss is not a finite number, ${last}${beganText(origin)}`;
    return new TrainingDiverged(what, learningRate, facts);
  }

  static ofWeights(parameter: string, facts: { readonly step: number; readonly learningRate: number }) {
    const what = ` by step ${facts.step}: the weights '${parameter}' are not all finite numbers`;
    return new TrainingDiverged(what, facts.learningRate, { step: facts.step });
  }

  static ofPredictions(split: string, learningRate: number): TrainingDiverged {
    return new TrainingDiverged(`: the loss on the ${split} split is not a finite number`, learningRate);
  }
}

function beganText(origin: Tap | undefined): string {
  if (origin === undefined) return '';
  const { value, op } = origin;
  return op === undefined ? `; it began in '${value}', which the step was given` : `; it began in ${op} ('${value}')`;
}

/** The checkpoint cannot be continued bit-identically under the current conditions. */
export class CheckpointMismatch extends Error {
  override readonly name = 'CheckpointMismatch';
  readonly field: string;

  constructor(field: string, expected: string, received: string) {
    super(`the checkpoint was made with ${field} ${received}, this attempt has ${expected}: the result would differ`);
    this.field = field;
  }
}

/** The bytes are no checkpoint, or one of another model. */
export class CheckpointCorrupt extends Error {
  override readonly name = 'CheckpointCorrupt';
}

/** A step needs more memory than there is; another attempt would need as much. */
export class InsufficientMemory extends Error {
  override readonly name = 'InsufficientMemory';

  constructor(facts: {
    /** In bytes, like the others. */
    readonly needed: number;
    readonly limit: number;
    /** Of `needed`: weights and optimizer state, which do not depend on the batch. */
    readonly state: number;
    readonly batchSize: number;
    /** Of `needed`: rows that are streamed. */
    readonly windows: number;
  }) {
    const { needed, limit, state, batchSize, windows } = facts;
    const streamed = windows > 0 ? `, ${gibibytes(windows)} for rows that are streamed` : '';
    const remedy = windows > 0 ? 'lower shuffle_buffer_mb or batch_size' : 'lower batch_size';
    super(
      `training needs at least ${gibibytes(needed)} of memory, and this process may use ${gibibytes(limit)}: ${gibibytes(state)} for weights and optimizer state${streamed}, the rest for batches of ${batchSize} rows; ${remedy} (accumulate_steps keeps the rows per update), or raise the memory limit`,
    );
  }
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
