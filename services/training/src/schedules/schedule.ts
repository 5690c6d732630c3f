import type { ComponentKind } from '@athanor/components';

/** Where training is when a step begins. */
export interface SchedulePosition {
  /** Steps completed since the start of the job. */
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Of the epochs so far, in order; absent where there are no validation rows. */
  readonly validationLosses: readonly number[];
}

/** How the learning rate changes while a job trains: a pure function of the position, so that a resumed job has the same. */
export interface Schedule<P = unknown> extends ComponentKind<P> {
  /** By what the learning rate is multiplied in a step. */
  factor(parameters: P, position: SchedulePosition): number;
}
