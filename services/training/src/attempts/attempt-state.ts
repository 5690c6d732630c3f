import type { _athanor_training_v1_Attempt_State as State } from '@athanor/contracts/training';

export type AttemptState = State;

/** How an attempt ended without a result. */
export interface AttemptEnd {
  /** FINISHED: it stopped because it was told to, or could not be started just now; that is no failure of the job. */
  readonly state: 'STATE_ERRORED' | 'STATE_ABORTED' | 'STATE_FINISHED';
  /** gRPC code number, for the job's error. */
  readonly code: number;
  /** A word for programs, for example "LeaseExpired". */
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
  /** How long the job waits for another attempt. Without it none after FINISHED, else longer with each failure. */
  readonly pauseMs?: number;
}
