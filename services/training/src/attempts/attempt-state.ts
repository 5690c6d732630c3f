import type { _athanor_training_v1_Attempt_State as State } from '@athanor/contracts/training';

export type AttemptState = State;

/** How an attempt ended without a result. */
export interface AttemptEnd {
  /** FINISHED: it was asked to stop, or could not be started; neither counts as a failure of the job. */
  readonly state: 'STATE_ERRORED' | 'STATE_ABORTED' | 'STATE_FINISHED';
  /** google.rpc code of the job's error. */
  readonly code: number;
  /** Reason for programs, for example "LeaseExpired". */
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
  /** Delay before the next attempt. If absent: none after FINISHED, exponential back-off after FAILED. */
  readonly pauseMs?: number;
}
