import type { _athanor_training_v1_TrainingJob_State as State } from '@athanor/contracts/training';

export type JobState = State;

/** Allowed transitions of a job. All others are refused. */
const NEXT: Readonly<Partial<Record<JobState, readonly JobState[]>>> = {
  STATE_QUEUED: ['STATE_PENDING', 'STATE_CANCELLED', 'STATE_FAILED'],
  STATE_PENDING: ['STATE_RUNNING', 'STATE_QUEUED', 'STATE_CANCELLING', 'STATE_FAILED'],
  STATE_RUNNING: ['STATE_SUCCEEDED', 'STATE_FAILED', 'STATE_QUEUED', 'STATE_CANCELLING'],
  STATE_CANCELLING: ['STATE_CANCELLED', 'STATE_SUCCEEDED', 'STATE_FAILED'],
};

const ENDED: ReadonlySet<JobState> = new Set(['STATE_CANCELLED', 'STATE_SUCCEEDED', 'STATE_FAILED', 'STATE_EXPIRED']);

export function mayChange(from: JobState, to: JobState): boolean {
  return NEXT[from]?.includes(to) ?? false;
}

export function hasEnded(state: JobState): boolean {
  return ENDED.has(state);
}

/** The next state of a job after its attempt ended without a result. */
export function stateAfterAttempt(
  job: { readonly state: JobState; readonly failedAttempts: number },
  end: { readonly retryable: boolean; readonly maxAttempts: number },
): JobState {
  if (job.state === 'STATE_CANCELLING') return 'STATE_CANCELLED';
  return end.retryable && job.failedAttempts < end.maxAttempts ? 'STATE_QUEUED' : 'STATE_FAILED';
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

/** Back-off after the n-th failed attempt, so that an unavailable dependency can recover before no attempt is left. */
export function retryPauseMs(failedAttempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failedAttempts - 1), MAX_PAUSE_MS);
}
