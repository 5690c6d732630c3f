// Versions that are loaded, replaced and fail during requests.

import { type InferResponse, infer } from '@athanor/client';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestBench, type TestBench } from './inference.testkit.js';
import { brokenModel, scaleModel } from './models.testkit.js';
import type { DesiredDeployment } from './registry.testkit.js';

let bench: TestBench;

afterEach(async () => {
  await bench.stop();
});

const desired = (version: number, more: Partial<DesiredDeployment> = {}): DesiredDeployment => ({
  tenant: 'acme',
  name: 'm',
  version,
  model: scaleModel(version),
  ...more,
});

function ask(value: number): Promise<InferResponse> {
  const data = Float32Array.of(value, value);
  return infer(bench.acme, { modelName: 'm', inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data }] });
}

async function index(): Promise<string[]> {
  const { models } = await bench.acme.repositoryIndex({});
  return models.map(({ name, version, state }) => `${name} ${version} ${state}`);
}

/** Changes the desired state in the registry and publishes the event. */
async function want(...deployments: DesiredDeployment[]): Promise<void> {
  bench.registry.deployments = deployments;
  await bench.publishAliasMoved('acme', 'm', deployments[0]?.version ?? 0);
}

describe('readiness', () => {
  test('comes with the first list, even if nothing is deployed', async () => {
    bench = await startTestBench();
    await expect.poll(async () => (await fetch(`${bench.adminUrl}/readyz`)).status).toBe(200);
    expect(await bench.acme.serverReady({})).toEqual({ ready: true });
    expect(await index()).toEqual([]);
  });

  test('waits for the registry', async () => {
    bench = await startTestBench({ REGISTRY_ADDRESS: '127.0.0.1:1' });
    expect((await fetch(`${bench.adminUrl}/readyz`)).status).toBe(503);
    expect(await bench.acme.serverReady({})).toEqual({ ready: false });
    await expect(bench.acme.modelMetadata({ name: 'm' }, { timeoutMs: 400 })).rejects.toMatchObject({
      code: expect.stringMatching(/UNAVAILABLE|DEADLINE_EXCEEDED/),
    });
  });
});

test('versions change under load and no request fails', async () => {
  bench = await startTestBench();
  await want(desired(1));
  await expect.poll(index).toEqual(['m 1 READY']);
  let isOver = false;
  const seen = new Set<string>();
  let answered = 0;
  const callers = Array.from({ length: 8 }, async (_, caller) => {
    for (let round = 1; !isOver; round++) {
      const value = caller * 1_000 + round;
      const { modelVersion, outputs } = await ask(value);
      // The response is consistent: it is from the version that it names.
      expect((outputs.get('y')!.data as Float32Array)[0]).toBe(Math.fround(value * Number(modelVersion)));
      seen.add(modelVersion);
      answered++;
    }
  });
  for (const version of [2, 3, 4, 5, 1, 6]) {
    await want(desired(version));
    await expect.poll(index).toEqual([`m ${version} READY`]);
  }
  isOver = true;
  await Promise.all(callers);
  expect([...seen].sort()).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(answered).toBeGreaterThan(100);
});

describe('a version that cannot be loaded', () => {
  test.each<[string, Partial<DesiredDeployment>, RegExp]>([
    ['does not run', { model: brokenModel() }, /onnx runtime error/],
    ['does not match its digest', { wrongDigest: true }, /expected digest sha256:\w+, got sha256:\w+/],
    ['is not an ONNX file', { model: Buffer.from('nonsense') }, /./],
  ])(
    'because it %s: the old one keeps serving, the index has the reason, and loading is retried',
    async (_, broken, reason) => {
      bench = await startTestBench();
      await want(desired(1));
      await expect.poll(index).toEqual(['m 1 READY']);
      await want(desired(2, broken));
      await expect.poll(index).toEqual(['m 1 READY', 'm 2 UNAVAILABLE']);
      const { models } = await bench.acme.repositoryIndex({});
      expect(models[1]!.reason).toMatch(reason);
      expect((await ask(5)).modelVersion).toBe('1');
      // The registry was called a second time after the first delay of a second, without an event.
      const { lists } = bench.registry;
      await expect.poll(() => bench.registry.lists).toBeGreaterThan(lists);
      await want(desired(3));
      await expect.poll(index).toEqual(['m 3 READY']);
    },
  );

  test('is loaded without an event once the cause is fixed', async () => {
    bench = await startTestBench();
    await want(desired(2, { wrongDigest: true }));
    await expect.poll(index).toEqual(['m 2 UNAVAILABLE']);
    bench.registry.deployments = [desired(2)];
    await expect.poll(index).toEqual(['m 2 READY']);
  });
});

test('a deleted deployment is gone', async () => {
  bench = await startTestBench();
  await want(desired(1));
  await expect.poll(index).toEqual(['m 1 READY']);
  await want();
  await expect.poll(index).toEqual([]);
  await expect(ask(1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a missed event is made up for by the next periodic pass', async () => {
  bench = await startTestBench({ RECONCILE_INTERVAL_MS: 300 });
  await bench.nats.kill();
  bench.registry.deployments = [desired(1)];
  await expect.poll(index).toEqual(['m 1 READY']);
  await bench.nats.restart();
});

test('bug: a prediction had the digest only, which led to the lineage of another model with equal training', async () => {
  bench = await startTestBench();
  await want(desired(1, { modelName: 'aaa' }));
  await expect.poll(index).toEqual(['m 1 READY']);
  expect((await ask(1)).parameters.get('athanor_model_name')).toBe('aaa');
  await want(desired(1, { modelName: 'bbb' }));
  await expect.poll(async () => (await ask(1)).parameters.get('athanor_model_name')).toBe('bbb');
});

test('bug: the trace of a promotion ended before its model was fetched', async () => {
  bench = await startTestBench();
  await expect.poll(() => bench.registry.lists).toBeGreaterThan(0);
  bench.registry.deployments = [desired(1)];
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  await bench.publishAliasMoved('acme', 'm', 1, traceparent);
  await expect.poll(index).toEqual(['m 1 READY']);
  // One call for the list, one for the file.
  expect(bench.registry.traceparents.filter(each => each === traceparent)).toHaveLength(2);
});
