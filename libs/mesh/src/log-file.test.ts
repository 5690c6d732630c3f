import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLogFile } from './log-file.js';

it('bug: a log that could not be written ended the supervisor', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-log-'));
  const problems: string[] = [];
  const log = openLogFile(folder, line => problems.push(line));
  log('one');
  log('two');
  expect(problems).toEqual([expect.stringMatching(/cannot be written, its lines are lost: EISDIR/)]);
  const path = join(folder, 'a.log');
  openLogFile(path, line => expect.fail(line))('three');
  expect(await readFile(path, 'utf8')).toBe('three\n');
  await rm(folder, { recursive: true });
});
