/** The loss is no longer a finite number. */
export class TrainingDiverged extends Error {
  override readonly name = 'TrainingDiverged';
  readonly epoch: number;
  /** Steps since the start of the job, counted from 1. */
  readonly step: number;
  readonly lastFiniteLoss: number | undefined;
  readonly remedy: string;

  constructor(facts: { epoch: number; step: number; lastFiniteLoss: number | undefined; learningRate: number }) {
    const { epoch, step, lastFiniteLoss, learningRate } = facts;
    const lower = Number((learningRate / 10).toPrecision(3));
    const remedy = `lower the learning rate (${learningRate} now; try ${lower}), or set clipNorm to 1`;
    const last =
      lastFiniteLoss === undefined ? 'no step before it was finite' : `the last finite loss was ${lastFiniteLoss}`;
    super(
      `training diverged in epoch ${epoch + 1} at step ${step}: the loss is not a finite number, ${last}; ${remedy}`,
    );
    this.epoch = epoch;
    this.step = step;
    this.lastFiniteLoss = lastFiniteLoss;
    this.remedy = remedy;
  }
}

/** A checkpoint that cannot be continued to the same bits under these conditions. */
export class CheckpointMismatch extends Error {
  override readonly name = 'CheckpointMismatch';
  readonly field: string;

  constructor(field: string, expected: string, received: string) {
    super(`the checkpoint was made with ${field} ${received}, this attempt has ${expected}: the result would differ`);
    this.field = field;
  }
}

/** Bytes that are no checkpoint, or not one of this model. */
export class CheckpointCorrupt extends Error {
  override readonly name = 'CheckpointCorrupt';
}
