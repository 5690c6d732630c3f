import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLogFile, rotateLog } from './log-file.js';

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

it('bug: the logs of a mesh grew without limit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-log-'));
  const path = join(folder, 'a.log');
  const log = openLogFile(path, line => expect.fail(line), 1_000);
  for (let line = 0; line < 500; line++) log(`line ${line} ${'x'.repeat(40)}`);
  expect((await stat(path)).size).toBeLessThan(1_100);
  expect((await stat(`${path}.1`)).size).toBeLessThan(1_100);
  expect(await readFile(path, 'utf8')).toContain('line 499 ');

  const foreign = join(folder, 'b.log');
  for (let round = 0; round < 5; round++) {
    await appendFile(foreign, `${round}\n${'y'.repeat(1_200)}`);
    rotateLog(foreign, 1_000);
  }
  await appendFile(foreign, 'next line');
  expect(await readFile(foreign, 'utf8')).toBe('next line');
  expect(await readFile(`${foreign}.1`, 'utf8')).toMatch(/^4\ny+$/);
  await rm(folder, { recursive: true });
});
