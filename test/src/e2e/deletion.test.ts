import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runAthanor } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';

// Deleting resources of a mesh: by the command line, and by the smoke test, which cleans up after itself.

let mesh: TestTenant;

const athanor = (...args: string[]) => runAthanor(args, { env: mesh.env });

beforeAll(async () => {
  mesh = await openTenant(inject('mesh'), 'deletion');
});
afterAll(() => mesh?.close());

/** The tenant's resources, by name. */
async function everything(): Promise<string[]> {
  const { ingest, registry } = mesh.client;
  const { datasets } = await ingest.listDatasets({});
  const { models } = await registry.listModels({});
  const { deployments } = await registry.listDeployments({});
  return [
    ...datasets.map(({ datasetId }) => `dataset ${datasetId}`),
    ...models.map(({ name }) => `model ${name}`),
    ...deployments.map(({ name }) => `deployment ${name}`),
  ];
}

describe('the smoke test', () => {
  const run = async () => {
    const { code, stdout, stderr } = await athanor('smoke-test', '-o', 'json');
    expect(code, stderr).toBe(0);
    return { ...(JSON.parse(stdout) as { version: number; predictions: string[] }), stderr };
  };

  it('removes what it created, and can be repeated', async () => {
    expect(await run()).toMatchObject({ version: 1, predictions: ['low', 'high'] });
    expect(await everything()).toEqual([]);
    expect(await run()).toMatchObject({ version: 2, predictions: ['low', 'high'] });
    expect(await everything()).toEqual([]);
  }, 60_000);

  it('leaves a model of its name that is deployed, and a dataset that was there before', async () => {
    const { ingest, registry } = mesh.client;
    await ingest.createDataset({ datasetId: 'smoke-test' });
    const gate = { alias: 'champion', metric: 'accuracy', split: 'test', threshold: 0.1 };
    await registry.setGate({ modelName: 'smoke-test', gate });
    const deployment = { name: 'mine', modelName: 'smoke-test', alias: 'champion' };
    await registry.setDeployment({ deployment });
    expect(await run()).toMatchObject({ predictions: ['low', 'high'] });
    expect(await everything()).toEqual(['dataset smoke-test', 'model smoke-test', 'deployment mine']);
  }, 60_000);
});

describe('the command line', () => {
  it('refuses to delete resources in use, with a remedy, and deletes others', async () => {
    const refused = await athanor('model', 'delete', 'smoke-test');
    expect(refused.stderr).toContain(
      "model 'smoke-test' is deployed as mine; delete them first: athanor deployment delete mine",
    );
    expect(refused.code).toBe(5);
    expect((await athanor('deployment', 'delete', 'mine')).code).toBe(0);
    const deleted = await athanor('model', 'delete', 'smoke-test');
    expect(deleted).toMatchObject({ code: 0, stderr: 'Model smoke-test is deleted, with all its versions.\n' });
    const again = await athanor('model', 'delete', 'smoke-test');
    expect(again.stderr).toContain("model 'smoke-test' is not found; list the models with: athanor model list");
    expect(again.code).toBe(3);
    expect(await athanor('dataset', 'delete', 'smoke-test')).toMatchObject({
      ...{ code: 0, stderr: 'Dataset smoke-test is deleted, with all its versions.\n' },
    });
    expect((await athanor('dataset', 'delete', 'smoke-test')).code).toBe(3);
    expect(await everything()).toEqual([]);
  }, 60_000);

  it('imports a dataset again under the name of a deleted one, as its next version', async () => {
    const path = join(mesh.folder, 'rows.csv');
    await writeFile(path, `a,y\n${Array.from({ length: 200 }, (_, row) => `${row / 8},p${row % 2}`).join('\n')}\n`);
    for (const version of [1, 2]) {
      const imported = await athanor('dataset', 'import', 'rows', path, '--target', 'y', '-o', 'json');
      expect(JSON.parse(imported.stdout)).toMatchObject({ version, state: 'STATE_READY' });
      expect((await athanor('dataset', 'delete', 'rows')).code).toBe(0);
    }
  }, 60_000);
});
