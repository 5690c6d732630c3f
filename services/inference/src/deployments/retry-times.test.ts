import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RetryTimes } from './retry-times.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('the delay doubles up to a minute', () => {
  const times = new RetryTimes();
  expect(Array.from({ length: 8 }, () => times.failed('a', 'd'))).toEqual(
    [1, 2, 4, 8, 16, 32, 60, 60].map(s => s * 1_000),
  );
});

test('a failed version is due after its delay; another digest, or one that was removed, at once', () => {
  const times = new RetryTimes();
  expect(times.isDue('a', 'd')).toBe(true);
  expect(times.nextInMs()).toBe(Number.POSITIVE_INFINITY);
  times.failed('a', 'd');
  expect(times.isDue('a', 'd')).toBe(false);
  expect(times.isDue('a', 'e')).toBe(true);
  expect(times.nextInMs()).toBe(1_000);
  vi.advanceTimersByTime(1_000);
  expect(times.isDue('a', 'd')).toBe(true);
  times.failed('a', 'd');
  times.forget('a');
  expect(times.isDue('a', 'd')).toBe(true);
});
