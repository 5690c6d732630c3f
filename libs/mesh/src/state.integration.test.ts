import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isRunning, type ProcessIdentity } from '@athanor/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHome, type Home } from './home.js';
import { endOrphans, type MeshState, writeState } from './state.js';
import { StateRecorder } from './state-recorder.js';

const GONE: ProcessIdentity = { pid: 999_999_999, startTime: '1' };

let home: Home;
let child: ChildProcess;
let orphan: ProcessIdentity;

beforeEach(async () => {
  home = await createHome(await mkdtemp(join(tmpdir(), 'athanor-state-')));
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  orphan = identifyProcess(child.pid as number) as ProcessIdentity;
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(home.root, { recursive: true, force: true });
});

async function stateOf(supervisor: ProcessIdentity): Promise<void> {
  const { state } = new StateRecorder(home, 9_000);
  await writeState(home, { ...state, supervisor, processes: { control: orphan } } satisfies MeshState);
}

describe('processes left by a mesh', () => {
  it('are ended if its supervisor is gone', async () => {
    await stateOf(GONE);
    const ended: string[] = [];
    await endOrphans(home, name => ended.push(name));
    expect(ended).toEqual(['control']);
    expect(isRunning(orphan)).toBe(false);
  });

  it('bug: the processes of a mesh that runs were ended as orphans', async () => {
    await stateOf(identifyProcess(process.pid) as ProcessIdentity);
    await endOrphans(home, name => expect.fail(`${name} was ended`));
    expect(isRunning(orphan)).toBe(true);
  });
});
