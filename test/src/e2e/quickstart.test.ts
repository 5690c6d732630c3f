import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homeAt, readRunningState } from '@athanor/mesh';
import { lockDirectory } from '@athanor/process';
import { expect, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { ATHANOR, freePortBase, removeHome, temporaryHome, waitUntilGone } from '../mesh/test-mesh.js';

it('the quickstart runs the whole workflow on all of MNIST and writes its results', async () => {
  const home = await temporaryHome('quickstart');
  const json = join(home, 'figures.json');
  const args = [
    '--home',
    join(home, 'mesh'),
    'quickstart',
    '--json',
    json,
    '--port-base',
    String(await freePortBase()),
  ];
  const { code, stdout, stderr } = await runAthanor(args);
  expect(stderr).toContain('gate passed');
  expect(code).toBe(0);
  const figures = JSON.parse(await readFile(json, 'utf8'));
  expect(figures.testAccuracy).toBeGreaterThanOrEqual(0.965);
  expect(figures.servedAccuracy).toBe(figures.evaluatedAccuracyOfServedRows);
  expect(figures.secondsPerEpoch).toHaveLength(5);
  expect(figures.versionDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(figures.datasetDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(figures.p99Ms).toBeGreaterThanOrEqual(figures.p50Ms);
  expect(stdout).toContain('Try next');
  await removeHome(home);
}, 180_000);

it.each(['1. Starting', '3. Training'])(
  'bug: a quickstart that was interrupted at "%s" left its mesh running',
  async step => {
    const folder = await temporaryHome('interrupted');
    const home = join(folder, 'mesh');
    const args = ['--home', home, 'quickstart', '--port-base', String(await freePortBase())];
    const quickstart = spawn(process.execPath, [ATHANOR, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    const reached = new Promise<void>(resolve => {
      quickstart.stderr.on('data', (data: Buffer) => {
        said += data.toString();
        if (said.includes(step)) resolve();
      });
    });
    const ended = new Promise<number | null>(resolve => quickstart.once('close', resolve));
    await reached;
    // Its supervisor holds the home's lock from now on.
    await eventually('the mesh to start', async () => existsSync(`${home}.lock`) || undefined);
    const state = await readRunningState(homeAt(home));
    quickstart.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said).toContain('interrupted by SIGINT');
    if (state !== undefined) await waitUntilGone(state);
    await (await lockDirectory(home)).release();
    await removeHome(folder);
  },
  120_000,
);
