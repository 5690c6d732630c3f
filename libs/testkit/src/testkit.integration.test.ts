import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unavailable } from './availability.js';
import { freePort, startNats, startPostgresServer, startS3, temporaryDirectory } from './index.js';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('NATS restarts on its port after a kill and leaves no process behind', async () => {
  const nats = await startNats();
  const first = nats.pid;
  await nats.kill();
  expect(isAlive(first)).toBe(false);
  await nats.restart();
  expect(nats.pid).not.toBe(first);
  await nats.stop();
  expect(isAlive(nats.pid)).toBe(false);
});

test('PostgreSQL runs, also when the tests run as root, and leaves no process behind', async context => {
  const postgres = await startPostgresServer();
  if (!postgres.available) return context.skip(postgres.reason);
  await postgres.stop();
  if (postgres.pid !== undefined) expect(isAlive(postgres.pid)).toBe(false);
}, 60_000);

test('the S3 server runs and leaves no process behind', async context => {
  const s3 = await startS3();
  if (!s3.available) return context.skip(s3.reason);
  await s3.stop();
  if (s3.pid !== undefined) expect(isAlive(s3.pid)).toBe(false);
}, 600_000);

test('a free port can be listened on and a temporary folder is gone after its removal', async () => {
  expect(await freePort()).toBeGreaterThan(1023);
  const directory = await temporaryDirectory();
  expect(existsSync(directory.path)).toBe(true);
  await directory.remove();
  expect(existsSync(directory.path)).toBe(false);
});

test('what Debian can install is required in CI there and skipped with its reason elsewhere', () => {
  const before = process.env.CI;
  try {
    process.env.CI = 'true';
    if (existsSync('/etc/debian_version')) expect(() => unavailable('X', 'no x')).toThrow('X is required in CI');
    process.env.CI = '';
    expect(unavailable('X', 'no x')).toEqual({ available: false, reason: 'X: no x' });
  } finally {
    if (before === undefined) delete process.env.CI;
    else process.env.CI = before;
  }
});
