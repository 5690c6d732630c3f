// DeleteModel over gRPC, with the real training service whose events register models.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats } from '@athanor/events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, component, importDataset, startBench, trainModel } from './registry.testkit.js';

let bench: Bench;
let connection: Awaited<ReturnType<typeof connectNats>>;

beforeAll(async () => {
  bench = await startBench();
  const { url, user, password } = bench.nats;
  connection = await connectNats({ url, user, password, name: 'test' });
  await importDataset(bench.client, 'rows');
}, 60_000);
afterAll(async () => {
  await connection.close();
  await bench.stop();
});

/** The number and digest of the version that a job made, once it is registered. */
async function registered(modelName: string, seed: number) {
  const jobId = await trainModel(bench.client, { modelName, datasetId: 'rows', seed });
  const ask = async () => (await bench.client.registry.getModelVersion({ jobId })).modelVersion!;
  await expect
    .poll(() =>
      ask().then(
        ({ version }) => version,
        () => 0,
      ),
    )
    .toBeGreaterThan(0);
  return await ask();
}

const NOT_FOUND = { code: 'NOT_FOUND' };

test('a model without deployments is deleted, and nothing of it is found afterwards', async () => {
  const { registry } = bench.client;
  const { digest } = await registered('used', 1);
  await registry.updateModel({ model: { name: 'used', description: 'mine' }, updateMask: { paths: ['description'] } });
  const deployments = ['live', 'live-b', 'live-c', 'live-d', 'live-e', 'live-f'];
  for (const name of deployments)
    await registry.setDeployment({ deployment: { name, modelName: 'used', alias: 'champion' } });
  await expect(registry.deleteModel({ name: 'used' })).rejects.toMatchObject({
    ...{ code: 'FAILED_PRECONDITION', reason: 'MODEL_DEPLOYED' },
    message:
      "model 'used' is deployed as live, live-b, live-c, live-d, live-e and 1 more; delete them first: athanor deployment delete live",
  });
  for (const name of deployments) await registry.deleteDeployment({ name });
  await expect(bench.stranger.registry.deleteModel({ name: 'used' })).rejects.toMatchObject(NOT_FOUND);
  await registry.deleteModel({ name: 'used' });
  await expect(registry.deleteModel({ name: 'used' })).rejects.toMatchObject({
    ...NOT_FOUND,
    message: expect.stringMatching(/athanor model list/),
  });
  expect((await registry.listModels({})).models.map(({ name }) => name)).not.toContain('used');
  const key = { modelName: 'used', alias: 'champion' };
  for (const refused of [
    registry.getModel({ name: 'used' }),
    registry.updateModel({ model: { name: 'used', description: 'x' }, updateMask: { paths: ['description'] } }),
    registry.getModelVersion({ modelName: 'used', version: 1 }),
    registry.listModelVersions({ modelName: 'used' }),
    registry.getLineage({ versionDigest: digest, modelName: 'used' }),
    registry.moveAlias({ ...key, version: 1 }),
    registry.rollbackAlias(key),
    registry.listAliasMoves(key),
    registry.getAliasAt(key),
    registry.deleteGate({ ...key, metric: 'accuracy', split: 'test' }),
    registry.setDeployment({ deployment: { name: 'live', ...key } }),
  ])
    await expect(refused).rejects.toMatchObject(NOT_FOUND);
  const gate = { alias: 'champion', metric: 'accuracy', split: 'test', threshold: 0.1 };
  expect((await registry.setGate({ modelName: 'used', gate })).model).toMatchObject({
    ...{ name: 'used', description: '', latestVersion: 0 },
  });
  const types: string[] = [];
  for await (const { event } of bench.client.events.tailEvents({ fromBeginning: true, stopAtEnd: true }))
    if (event?.type === 'model.deleted') types.push(event.dataJson);
  expect(types.map(json => JSON.parse(json))).toEqual([{ name: 'used', actor: expect.stringMatching(/^key:/) }]);
}, 60_000);

test('a redelivered registration does not restore a deleted model; a new job does, with the next number', async () => {
  const { registry } = bench.client;
  const messages: { subject: string; data: Uint8Array; headers?: { delete(key: string): void } }[] = [];
  connection.subscribe('athanor.v1.acme.training-job.*.succeeded', {
    callback: (_error, message) => void messages.push(message),
  });
  await connection.flush();
  expect((await registered('again', 2)).version).toBe(1);
  await registry.deleteModel({ name: 'again' });
  const [{ subject, data, headers } = expect.fail('expected an event, received none')] = messages;
  // Otherwise the stream deduplicates it, and the consumer does not receive it.
  headers!.delete('Nats-Msg-Id');
  connection.publish(subject, data, { headers: headers as never });
  await connection.flush();
  await sleep(1_000);
  expect(messages).toHaveLength(2);
  await expect(registry.getModel({ name: 'again' })).rejects.toMatchObject(NOT_FOUND);
  expect((await registered('again', 3)).version).toBe(2);
  const { model } = await registry.getModel({ name: 'again' });
  expect(model).toMatchObject({ latestVersion: 2, aliases: [] });
}, 60_000);

test('deploying and deleting a model concurrently: one of the two is refused', async () => {
  const { registry } = bench.client;
  for (let round = 0; round < 5; round++) {
    const gate = { alias: 'champion', metric: 'accuracy', split: 'test', threshold: 0.1 };
    await registry.setGate({ modelName: 'both', gate });
    const deployment = { name: 'both', modelName: 'both', alias: 'champion' };
    const [set, deleted] = await Promise.allSettled([
      registry.setDeployment({ deployment }),
      registry.deleteModel({ name: 'both' }),
    ]);
    expect([set.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
    if (set.status === 'fulfilled') await registry.deleteDeployment({ name: 'both' });
  }
});

test('bug: a model whose dataset was deleted during training was lost, although its job succeeded', async () => {
  const { ingest, training, registry, events } = bench.client;
  await importDataset(bench.client, 'short-lived');
  const optimizer = component('adam', { learningRate: 0.01 });
  const model = component('mlp', { hidden: [4] });
  const spec = { datasetId: 'short-lived', model, optimizer, epochs: 300, batchSize: 16, seed: 4 };
  const { job } = await training.createTrainingJob({ modelName: 'orphan', spec });
  const { jobId } = job!;
  let isDeleted = false;
  let state = '';
  for await (const { job: seen } of training.watchTrainingJob({ jobId })) {
    state = seen?.state ?? state;
    if (isDeleted || Number(seen?.progress?.step ?? 0) === 0) continue;
    await ingest.deleteDataset({ datasetId: 'short-lived' });
    isDeleted = true;
  }
  expect({ isDeleted, state }).toEqual({ isDeleted: true, state: 'STATE_SUCCEEDED' });
  await expect.poll(async () => (await registry.listModels({})).models.map(({ name }) => name)).toContain('orphan');
  const { modelVersion } = await registry.getModelVersion({ jobId });
  const lineage = await registry.getLineage({ versionDigest: modelVersion!.digest, modelName: 'orphan' });
  expect(lineage.nodes.map(({ kind }) => kind)).toEqual([
    ...['KIND_MODEL_VERSION', 'KIND_TRAINING_JOB', 'KIND_DATASET_VERSION'],
  ]);
  expect((await events.listDeadLetters({})).deadLetters).toEqual([]);
}, 60_000);
