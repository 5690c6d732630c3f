import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runAthanor } from '../mesh/run-athanor.js';
import { freePortBase, removeHome, temporaryHome } from '../mesh/test-mesh.js';

it('the quickstart does the whole main job on all of MNIST and writes its figures', async () => {
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
