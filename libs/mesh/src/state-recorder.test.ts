import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHome, type Home } from './home.js';
import { StateRecorder } from './state-recorder.js';

let home: Home;
beforeEach(async () => {
  home = await createHome(await mkdtemp(join(tmpdir(), 'athanor-recorder-')));
});
afterEach(() => rm(home.root, { recursive: true, force: true }));

it('bug: after one failed write of the state there were no more writes', async () => {
  const recorder = new StateRecorder(home, 9_000);
  // A folder with the file's name cannot be replaced by a file.
  await mkdir(home.stateFile);
  await expect(recorder.record('control', { pid: 1, startTime: 'a' })).rejects.toThrow();
  await rm(home.stateFile, { recursive: true });
  await recorder.record('inference', { pid: 2, startTime: 'b' });
  const { processes } = JSON.parse(await readFile(home.stateFile, 'utf8')) as { processes: object };
  expect(Object.keys(processes)).toEqual(['control', 'inference']);
});
