import { randomBytes } from 'node:crypto';

/** An id that sorts by creation time: "job-", milliseconds in base 36, then 40 random bits. */
export function newJobId(now: number): string {
  return `job-${now.toString(36).padStart(9, '0')}${randomBytes(5).toString('hex')}`;
}

export function newAttemptId(): string {
  return `attempt-${randomBytes(8).toString('hex')}`;
}
