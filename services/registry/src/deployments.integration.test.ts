// Deployments with settings and revisions over gRPC, of imported models.
import { fromComponent, toComponent } from '@athanor/contracts';
import type { DeploymentInput, SetDeploymentRequestInput } from '@athanor/contracts/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkByContent, importFiles } from './imports.testkit.js';
import { type Bench, startBench } from './registry.testkit.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ checkModel: checkByContent });
  await importFiles(bench.client, 'm', { 'model.onnx': 'one', 'labels.txt': 'cat\ndog' });
  await importFiles(bench.client, 'm', { 'model.onnx': 'two' });
}, 60_000);
afterAll(() => bench.stop());

const set = async (deployment: DeploymentInput, more: SetDeploymentRequestInput = {}) =>
  (await bench.client.registry.setDeployment({ deployment, ...more })).deployment!;
const dynamic = (parameters: object) => toComponent({ kind: 'dynamic', parameters, version: 0 });
const changes = async (name: string) => {
  let count = 0;
  for await (const { event } of bench.client.events.tailEvents({ fromBeginning: true, stopAtEnd: true }))
    if (event!.type === 'deployment.changed' && JSON.parse(event!.dataJson).name === name) count++;
  return count;
};

describe('settings', () => {
  test('of a new deployment are what its version recommends, then the defaults', async () => {
    const made = await set({ name: 'pets', modelName: 'm', version: 1, serving: { instances: 2 } });
    expect(made).toMatchObject({ revision: 1, stopped: false, activeVersion: 1 });
    const { serving } = made;
    expect(fromComponent(serving!.scheduler!)).toMatchObject({ kind: 'dynamic', parameters: { maxBatchSize: 8 } });
    expect(fromComponent(serving!.isolation!)).toMatchObject({ kind: 'auto' });
    expect(serving).toMatchObject({
      ...{ instances: 2, threadsPerInstance: 0, gpu: 'GPU_UNSPECIFIED', warmUp: { samples: [] } },
      labels: { outputs: [{ output: 'y', labels: ['cat', 'dog'] }] },
    });
  });

  test('that a request does not state stay as they are, and so does the target', async () => {
    const changed = await set({ name: 'pets', serving: { scheduler: dynamic({ maxBatchSize: 16 }) } });
    expect(changed).toMatchObject({ modelName: 'm', version: 1, revision: 2, serving: { instances: 2 } });
    const moved = await set({ name: 'pets', modelName: 'm', version: 2, stopped: true });
    expect(moved).toMatchObject({ version: 2, revision: 3, stopped: true, serving: { instances: 2 } });
    const { scheduler } = moved.serving!;
    expect(fromComponent(scheduler!).parameters).toMatchObject({ maxBatchSize: 16, maxQueueSize: 1_024 });
    const reset = await set({ name: 'pets', stopped: false }, { resetMask: { paths: ['labels', 'instances'] } });
    expect(reset).toMatchObject({ revision: 4, serving: { instances: 1, labels: { outputs: [] } } });
    expect((await bench.client.registry.getDeployment({ name: 'pets' })).deployment).toEqual(reset);
  });

  test('that change nothing are no revision and no event', async () => {
    const { serving } = await set({ name: 'calm', modelName: 'm', version: 2 });
    expect(await set({ name: 'calm', modelName: 'm', version: 2, serving, stopped: false })).toMatchObject({
      revision: 1,
    });
    expect(await set({ name: 'calm' })).toMatchObject({ revision: 1 });
    await set({ name: 'calm', serving: { threadsPerInstance: 2 } });
    await expect.poll(() => changes('calm')).toBe(2);
  });

  test('that are wrong are refused all together, with the limit and what to do, and nothing is made', async () => {
    const deployment = {
      ...{ name: 'greedy', modelName: 'm', version: 1 },
      serving: { scheduler: dynamic({ maxBatchSize: -1 }), instances: 1_000 },
    };
    await expect(set(deployment)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [
        {
          field: 'deployment.serving.instances',
          description: expect.stringMatching(/expected 1 to 64, got 1000; .*replicas/),
        },
        { field: 'deployment.serving.scheduler.parameters.maxBatchSize' },
      ],
    });
    const thread = { isolation: toComponent({ kind: 'thread', parameters: {}, version: 0 }) };
    await expect(set({ ...deployment, serving: thread })).rejects.toMatchObject({
      violations: [{ field: 'deployment.serving.isolation.kind', description: expect.stringMatching(/imported/) }],
    });
    await expect(bench.client.registry.getDeployment({ name: 'greedy' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('change only the revision that the caller has seen', async () => {
    await set({ name: 'seen', modelName: 'm', version: 1 }, { expectedRevision: 0 });
    await expect(set({ name: 'seen', serving: { instances: 3 } }, { expectedRevision: 0 })).rejects.toMatchObject({
      code: 'ABORTED',
      reason: 'DEPLOYMENT_CHANGED',
      metadata: { revision: '1' },
    });
    const concurrent = await Promise.allSettled(
      [3, 4, 5].map(instances => set({ name: 'seen', serving: { instances } }, { expectedRevision: 1 })),
    );
    expect(concurrent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(set({ name: 'unseen' }, { expectedRevision: 1 })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('and the imported version are what servers get', async () => {
    await set({ name: 'resolved', modelName: 'm', version: 1, stopped: true });
    const inference = bench.registryAs(await bench.credentials.tokens.serviceToken('inference'));
    const { deployments } = await inference.listResolvedDeployments({ pageSize: 100 });
    expect(deployments.find(each => each.deployment!.name === 'resolved')).toMatchObject({
      deployment: { stopped: true, revision: 1, serving: { labels: { outputs: [{ labels: ['cat', 'dog'] }] } } },
      modelVersion: {
        ...{ origin: { source: './model.onnx' }, batching: { enabled: true }, cpuThreads: 0 },
        signature: { outputs: [{ name: 'y', axes: ['batch', ''] }] },
      },
    });
    const { deployments: listed } = await bench.client.registry.listDeployments({});
    expect(listed.find(({ name }) => name === 'resolved')!.serving!.labels).toEqual({
      outputs: [{ output: 'y', labels: [] }],
    });
  });
});

describe('the history', () => {
  const { undo, history } = {
    undo: async (more: object = {}) =>
      (await bench.client.registry.undoDeployment({ name: 'past', ...more })).deployment!,
    history: async () => (await bench.client.registry.listDeploymentRevisions({ name: 'past' })).revisions,
  };

  test('has every change with who made it, newest first', async () => {
    await set({ name: 'past', modelName: 'm', version: 1 });
    await set({ name: 'past', serving: { instances: 2 } });
    await set({ name: 'past', modelName: 'm', version: 2 });
    const revisions = await history();
    expect(revisions.map(({ deployment, reason }) => [deployment!.revision, deployment!.version, reason])).toEqual([
      [3, 2, 'set'],
      [2, 1, 'set'],
      [1, 1, 'set'],
    ]);
    expect(revisions[0]).toMatchObject({
      actor: expect.stringMatching(/^key:/),
      time: { seconds: expect.any(Number) },
    });
    const page = await bench.client.registry.listDeploymentRevisions({ name: 'past', pageSize: 2 });
    const { nextPageToken: pageToken } = page;
    const rest = await bench.client.registry.listDeploymentRevisions({ name: 'past', pageSize: 2, pageToken });
    expect([...page.revisions, ...rest.revisions]).toEqual(revisions);
  });

  test('is gone back in by a new revision', async () => {
    expect(await undo()).toMatchObject({ revision: 4, version: 1, serving: { instances: 2 } });
    expect(await undo({ toRevision: 1 })).toMatchObject({ revision: 5, version: 1, serving: { instances: 1 } });
    expect((await history())[0]).toMatchObject({ reason: 'undo: back to revision 1' });
    expect(await undo({ toRevision: 1 })).toMatchObject({ revision: 5 });
  });

  test('is gone back in once by one request_id', async () => {
    const answers = await Promise.all([undo({ requestId: 'u-1' }), undo({ requestId: 'u-1' })]);
    expect(answers.map(({ revision }) => revision)).toEqual([6, 6]);
    await expect(undo({ requestId: 'u-1', toRevision: 2 })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  test('that does not exist cannot be gone back in', async () => {
    await expect(undo({ toRevision: 99 })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/no revision 99; list them with: athanor deployment history past/),
    });
    await set({ name: 'fresh', modelName: 'm', version: 1 });
    const fresh = bench.client.registry.undoDeployment({ name: 'fresh' });
    await expect(fresh).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'NO_SUCH_REVISION' });
    await expect(bench.stranger.registry.undoDeployment({ name: 'past' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(bench.stranger.registry.listDeploymentRevisions({ name: 'past' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('of a version that was deleted cannot be gone back to', async () => {
    await importFiles(bench.client, 'short-lived', { 'model.onnx': 'three' });
    await set({ name: 'moved', modelName: 'short-lived', version: 1 });
    await set({ name: 'moved', modelName: 'm', version: 1 });
    await bench.client.registry.deleteModel({ name: 'short-lived' });
    await expect(bench.client.registry.undoDeployment({ name: 'moved' })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'REVISION_GONE',
      message: expect.stringMatching(/model 'short-lived' is not found/),
    });
  });

  test('ends with the deployment', async () => {
    await bench.client.registry.deleteDeployment({ name: 'past' });
    expect(await set({ name: 'past', modelName: 'm', version: 1 })).toMatchObject({ revision: 1 });
    expect(await history()).toHaveLength(1);
  });
});

test('the kinds of schedulers and isolation are listed with their parameters', async () => {
  const { kinds } = await bench.client.registry.listComponents({});
  expect(kinds.map(({ family, kind }) => `${family}/${kind}`)).toEqual(
    expect.arrayContaining(['scheduler/direct', 'scheduler/dynamic', 'isolation/auto', 'isolation/process']),
  );
  const { kinds: schedulers } = await bench.client.registry.listComponents({ family: 'scheduler' });
  expect(schedulers.every(({ family, parametersSchema }) => family === 'scheduler' && parametersSchema)).toBe(true);
});
