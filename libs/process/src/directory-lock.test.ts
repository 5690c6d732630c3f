import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirectoryLockedError, lockDirectory } from './directory-lock.js';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'athanor-lock-'));
  path = join(directory, 'db');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('the error of a second opener says who holds the folder', async () => {
  const lock = await lockDirectory(path);
  const error = await lockDirectory(path).catch(e => e);
  expect(error).toBeInstanceOf(DirectoryLockedError);
  expect(error.message).toContain(`${path} is in use by process ${process.pid}`);
  await lock.release();
  await (await lockDirectory(path)).release();
});

test('the lock of a dead process is taken over, also when its pid now belongs to another process', async () => {
  await writeFile(`${path}.lock`, JSON.stringify({ pid: 999_999_999, startTime: '1' }));
  await (await lockDirectory(path)).release();
  await writeFile(`${path}.lock`, JSON.stringify({ pid: process.pid, startTime: 'long ago' }));
  await (await lockDirectory(path)).release();
});

test('of many that try to take over a stale lock exactly one succeeds', async () => {
  for (let round = 0; round < 20; round++) {
    await writeFile(`${path}.lock`, JSON.stringify({ pid: 999_999_999, startTime: '1' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(path)));
    const won = results.filter(result => result.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]!.value.release();
  }
});

test('a stale takeover permit and an unreadable lock do not block forever', async () => {
  await writeFile(`${path}.lock`, '');
  await writeFile(`${path}.lock.takeover.lock`, JSON.stringify({ pid: 999_999_999, startTime: '1' }));
  await (await lockDirectory(path)).release();
});
