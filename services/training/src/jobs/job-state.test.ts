import { describe, expect, it } from 'vitest';
import { hasEnded, mayChange, retryPauseMs, stateAfterAttempt } from './job-state.js';

const end = { retryable: true, maxAttempts: 3 };

describe('job states', () => {
  it('never leave a terminal state', () => {
    for (const state of ['STATE_CANCELLED', 'STATE_SUCCEEDED', 'STATE_FAILED', 'STATE_EXPIRED'] as const) {
      expect(hasEnded(state)).toBe(true);
      expect(mayChange(state, 'STATE_QUEUED')).toBe(false);
    }
  });

  it('queue a job again after its attempt was lost', () => {
    expect(stateAfterAttempt({ state: 'STATE_RUNNING', failedAttempts: 1 }, end)).toBe('STATE_QUEUED');
  });

  it('fail a job after the last attempt, or if a retry is useless', () => {
    expect(stateAfterAttempt({ state: 'STATE_RUNNING', failedAttempts: 3 }, end)).toBe('STATE_FAILED');
    expect(stateAfterAttempt({ state: 'STATE_RUNNING', failedAttempts: 1 }, { ...end, retryable: false })).toBe(
      'STATE_FAILED',
    );
  });

  it('complete a cancellation however the attempt ended', () => {
    expect(stateAfterAttempt({ state: 'STATE_CANCELLING', failedAttempts: 1 }, end)).toBe('STATE_CANCELLED');
  });
});

describe('retryPauseMs', () => {
  it('doubles, and stays below half a minute', () => {
    expect([1, 2, 3, 7, 100].map(retryPauseMs)).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
  });
});
