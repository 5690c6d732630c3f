import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homeAt } from '@athanor/mesh/home';
import { readRunningState } from '@athanor/mesh/state';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAthanor } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';

let home: string;
let mesh: TestMesh;
let csv: string;

beforeAll(async () => {
  home = await temporaryHome('restart');
  mesh = await startMesh({ home });
  csv = join(home, 'rows.csv');
  const rows = Array.from({ length: 2_000 }, (_, row) => `${row / 8},${row % 7},${row % 2 === 0 ? 'even' : 'odd'}`);
  await writeFile(csv, `a,b,y\n${rows.join('\n')}\n`);
}, 120_000);
afterAll(async () => {
  await mesh?.stop();
  await removeHome(home);
});

/** Kills the control process; the supervisor restarts it. */
async function killControl(): Promise<void> {
  const state = await readRunningState(homeAt(home));
  process.kill(state?.processes.control?.pid as number, 'SIGKILL');
}

const cli = (...args: string[]) => runAthanor(['--home', home, ...args]);

describe('bug: control restarted, and commands ended with 6 and "round_robin: No connection established"', () => {
  it('dataset import waits for it, and reports that in one line', async () => {
    await killControl();
    const { code, stderr } = await cli('dataset', 'import', 'rows', csv, '--target', 'y');
    expect(stderr).not.toContain('round_robin');
    expect(stderr.match(/unavailable/g)).toHaveLength(1);
    expect(stderr).toMatch(/^ingest is unavailable at 127\.0\.0\.1:\d+; retrying until \d\d:\d\d:\d\d$/m);
    expect(code).toBe(0);
  }, 60_000);

  it('train --wait continues with the job once it is available again', async () => {
    const training = cli('train', '--dataset', 'rows', '--name', 'm', '--epochs', '30', '--wait', '-o', 'json');
    await expect
      .poll(async () => (await mesh.client.training.listTrainingJobs({})).jobs[0]?.state)
      .toBe('STATE_RUNNING');
    await killControl();
    const { code, stdout, stderr } = await training;
    expect(stderr).not.toContain('round_robin');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'STATE_SUCCEEDED' });
  }, 120_000);

  it('model list, job list, dataset list and model describe wait for it', async () => {
    const commands = [
      ['model', 'list'],
      ['job', 'list'],
      ['dataset', 'list'],
      ['model', 'describe', 'm'],
    ];
    await killControl();
    const ended = await Promise.all(commands.map(args => cli(...args)));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    // On a busy machine the last of them may find it restarted.
    const lines = ended.map(({ stderr }) => stderr).filter(stderr => stderr !== '');
    expect(lines).not.toEqual([]);
    for (const line of lines)
      expect(line).toMatch(/^\w+ is unavailable at 127\.0\.0\.1:\d+; retrying until \d\d:\d\d:\d\d\n$/);
  }, 60_000);
});
