import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOfLog } from './end-of-log.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function endOf(...lines: string[]): Promise<string> {
  const path = join(folder, 'program.log');
  await writeFile(path, `${lines.join('\n')}\n`);
  return endOfLog(path);
}

const line = (level: number, rest: object) => JSON.stringify({ level, ...rest });
const STOPPED = line(30, { msg: 'service stopped' });

test('is the message of the last fatal error, without its stack', async () => {
  const err = { type: 'Error', message: 'an old database', stack: 'Error: an old database\n    at x' };
  expect(await endOf(line(60, { err: { message: 'before' } }), line(60, { err }), STOPPED)).toBe('an old database');
});

test('is each message of an error that stands for several', async () => {
  const err = { message: 'Error: a, Error: b', aggregateErrors: [{ message: 'a' }, { message: 'b' }] };
  expect(await endOf(line(60, { err }))).toBe('a\nb');
});

test('is not the error of an earlier run', async () => {
  const path = join(folder, 'runs.log');
  const earlier = `${line(60, { err: { message: 'the port is taken' } })}\n`;
  await writeFile(path, `${earlier}waiting\n`);
  expect(endOfLog(path, earlier.length)).toBe('waiting');
  expect(endOfLog(path, 10_000)).toBe('the port is taken');
});

test('is the text where there is no such error', async () => {
  expect(await endOf('{"level":', 'expected a database, got none')).toBe('{"level":\nexpected a database, got none');
  expect(await endOf(STOPPED)).toBe(STOPPED);
  expect(endOfLog(join(folder, 'none'))).toMatch(/^\(it cannot be read: ENOENT/);
});
