import { expect, test } from 'vitest';
import { isAtLeast, MINIMUM_VERSION, parseServerVersion, WANTED_VERSION } from './version.js';

test('reads what nats-server -v prints, a release candidate too', () => {
  expect(parseServerVersion('nats-server: v2.12.8\n')).toEqual({ major: 2, minor: 12, patch: 8, text: '2.12.8' });
  expect(parseServerVersion('nats-server: v2.14.0-RC.1')?.text).toBe('2.14.0-RC.1');
  expect(parseServerVersion('command not found')).toBeUndefined();
});

test('2.9.10 is new enough and 2.8.4 is not; only 2.10 is preferred', () => {
  expect(isAtLeast(parseServerVersion('2.9.10')!, MINIMUM_VERSION)).toBe(true);
  expect(isAtLeast(parseServerVersion('2.8.4')!, MINIMUM_VERSION)).toBe(false);
  expect(isAtLeast(parseServerVersion('2.9.25')!, WANTED_VERSION)).toBe(false);
  expect(isAtLeast(parseServerVersion('3.0.0')!, WANTED_VERSION)).toBe(true);
});
