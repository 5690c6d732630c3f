// Models that hang, grow and crash, in processes of their own beside one that must not notice.

import { createStub, type InferTensor, infer, type Stub } from '@athanor/client';
import { toStruct } from '@athanor/contracts';
import type { DeploymentStatus } from '@athanor/contracts/inference';
import { connectNats, tailEvents } from '@athanor/events/tail';
import { afterEach, expect, test, vi } from 'vitest';
import { startTestBench, type TestBench } from './inference.testkit.js';
import { growingModel, slowModel } from './models.testkit.js';
import { type DesiredDeployment, type ImportedSignature, imported } from './registry.testkit.js';

let bench: TestBench;
let status: Stub<'inferenceStatus'>;

afterEach(async () => {
  status.close();
  await bench.stop();
});

async function start(...[overrides]: Parameters<typeof startTestBench>): Promise<void> {
  bench = await startTestBench(overrides);
  status = createStub('inferenceStatus', { address: bench.address, credential: bench.acmeKey });
}

const slow: ImportedSignature = {
  inputs: [
    { name: 'rounds', datatype: 'INT64', shape: [1] },
    { name: 'x', datatype: 'FP32', shape: [64, 64] },
  ],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [64, 64] }],
  isBatched: false,
};
const growing: ImportedSignature = {
  inputs: [{ name: 'size', datatype: 'INT64', shape: [1] }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [1] }],
  isBatched: false,
};

const limits = (parameters: object) => ({ isolation: { kind: 'process', parameters: toStruct(parameters) } });

async function serve(...deployments: DesiredDeployment[]): Promise<void> {
  bench.registry.deployments = deployments;
  await bench.publishAliasMoved('acme', 'any', deployments[0]!.revision ?? 1);
  for (const { name } of deployments)
    await vi.waitFor(async () => expect(await bench.acme.modelReady({ name })).toEqual({ ready: true }), 20_000);
}

const describe = async (name: string): Promise<DeploymentStatus> =>
  (await status.getDeploymentStatus({ name })).status!;
const version = async (name: string) => (await describe(name)).versions[0]!;
const double = (name: string, value = 3) =>
  infer(bench.acme, {
    modelName: name,
    inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(value, 0) }],
  });
const int64 = (name: string, value: bigint): InferTensor => ({
  ...{ name, datatype: 'INT64', shape: [1], data: BigInt64Array.of(value) },
});
const compute = (rounds: bigint) =>
  infer(bench.acme, {
    modelName: 'slow',
    inputs: [int64('rounds', rounds), { name: 'x', datatype: 'FP32', shape: [64, 64], data: new Float32Array(4096) }],
  });

/** Calls a model again and again; `stop` returns the number of answers. */
function keepCalling(name: string): { stop(): Promise<number> } {
  let isOver = false;
  let answered = 0;
  const calling = (async () => {
    while (!isOver) {
      const { outputs } = await double(name, answered);
      expect((outputs.get('y')!.data as Float32Array)[0]).toBe(2 * answered++);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await calling;
      return answered;
    },
  };
}

test('a run that exceeds its time limit fails alone, and its model answers again', async () => {
  await start();
  await serve(
    imported('slow', { model: slowModel(), imported: slow, serving: limits({ runTimeoutMs: 300 }) }),
    imported('other'),
  );
  const before = await version('slow');
  const others = keepCalling('other');
  await expect(compute(10n ** 12n)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    reason: 'RUN_TIMEOUT',
    message: expect.stringMatching(/^a run took longer than 300 ms, so its process was ended; .*--isolation/),
  });
  expect((await compute(2n)).outputs.get('y')?.shape).toEqual([64, 64]);
  expect(await others.stop()).toBeGreaterThan(20);
  const after = await version('slow');
  expect(after.instances[0]!.pid).not.toBe(before.instances[0]!.pid);
  expect(after).toMatchObject({ restarts: 1, recentRestarts: [{ reason: expect.stringContaining('300 ms') }] });
  expect((await version('other')).restarts).toBe(0);
});

test('a crashed process is restarted while its requests wait, and another model does not notice', async () => {
  await start();
  await serve(imported('crashing'), imported('other'));
  const others = keepCalling('other');
  const { instances } = await version('crashing');
  process.kill(instances[0]!.pid, 'SIGSEGV');
  await vi.waitFor(async () => expect((await version('crashing')).restarts).toBe(1));
  expect((await double('crashing')).outputs.get('y')?.data).toEqual(Float32Array.of(6, 0));
  expect(await others.stop()).toBeGreaterThan(20);
  expect((await version('crashing')).recentRestarts[0]?.reason).toContain('SIGSEGV');
  const metrics = await (await fetch(`${bench.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/athanor_inference_instance_restarts_total\{.*model="crashing".*\} 1/);
});

test('a version that crashes repeatedly is quarantined, until its deployment changes', async () => {
  await start();
  await serve(imported('crashing'), imported('other'));
  const connection = await connectNats({ ...bench.nats, name: 'test' });
  const stop = new AbortController();
  const events = (async () => {
    for await (const event of tailEvents(connection, { types: ['inference.model.quarantined'], signal: stop.signal }))
      return event;
    return undefined;
  })();
  const killed = new Set<number>();
  while (killed.size < 5) {
    const [found] = await bench.acme
      .repositoryIndex({})
      .then(() => version('crashing'))
      .then(({ instances }) =>
        instances.filter(({ pid, state }) => pid > 0 && state === 'STATE_IDLE' && !killed.has(pid)),
      );
    if (found === undefined) await new Promise(resolve => setTimeout(resolve, 10));
    else {
      process.kill(found.pid, 'SIGKILL');
      killed.add(found.pid);
    }
  }
  await vi.waitFor(async () => expect(await version('crashing')).toMatchObject({ state: 'STATE_QUARANTINED' }));
  const { models } = await bench.acme.repositoryIndex({});
  expect(models.find(({ name }) => name === 'crashing')).toMatchObject({
    state: 'UNAVAILABLE',
    reason: expect.stringMatching(/^quarantined until the deployment changes: .*SIGKILL/),
  });
  await expect(double('crashing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await double('other')).toBeDefined();
  expect(await events).toMatchObject({
    tenant: 'acme',
    aggregateId: 'crashing',
    payload: { version: 1, modelName: 'crashing' },
  });
  stop.abort();
  await connection.close();
  const metrics = await (await fetch(`${bench.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/athanor_inference_models_quarantined_total\{.*model="crashing".*\} 1/);
  await serve(imported('crashing', { revision: 2 }), imported('other'));
  expect((await double('crashing')).modelVersion).toBe('1');
});

test('a process that grows beyond its memory limit is replaced between runs, and no request fails', async () => {
  await start();
  await serve(
    imported('growing', { model: growingModel(), imported: growing, serving: limits({ memoryLimitMb: 250 }) }),
    imported('other'),
  );
  const others = keepCalling('other');
  const sizes = [10, 20, 30, 40].map(millions => BigInt(millions * 1_000_000));
  for (const size of [...sizes, ...sizes]) {
    const { outputs } = await infer(bench.acme, { modelName: 'growing', inputs: [int64('size', size)] });
    expect(outputs.get('y')?.data).toEqual(Float32Array.of(Number(size)));
  }
  expect(await others.stop()).toBeGreaterThan(20);
  const { restarts, recentRestarts } = await version('growing');
  expect(restarts).toBeGreaterThan(0);
  expect(recentRestarts[0]?.reason).toMatch(/took \d+ MiB of memory, more than the limit of 250 MiB/);
});

test('the model that was not used for longest is unloaded to make room, and reloaded by its next request', async () => {
  await start({ MODEL_MEMORY_MB: 88 });
  await serve(imported('first'), imported('second'));
  await serve(imported('first'), imported('second'), imported('third'));
  expect(await version('first')).toMatchObject({ state: 'STATE_EVICTED', instances: [] });
  expect(await bench.acme.modelReady({ name: 'first' })).toEqual({ ready: true });
  expect((await double('first')).outputs.get('y')?.data).toEqual(Float32Array.of(6, 0));
  expect(await version('first')).toMatchObject({ state: 'STATE_READY' });
  expect((await version('second')).state).toBe('STATE_EVICTED');
});

test('settings change under load and no request fails', async () => {
  await start();
  const settings = [
    { instances: 1, scheduler: { kind: 'direct', parameters: toStruct({}) } },
    { instances: 2, scheduler: { kind: 'dynamic', parameters: toStruct({ maxBatchSize: 4, maxQueueDelayUs: 500 }) } },
    { instances: 1, scheduler: { kind: 'dynamic', parameters: toStruct({}) } },
  ];
  await serve(imported('m'));
  const callers = Array.from({ length: 4 }, () => keepCalling('m'));
  for (const [index, serving] of settings.entries()) {
    await serve(imported('m', { serving, revision: index + 2 }));
    await vi.waitFor(async () => expect((await describe('m')).revision).toBe(index + 2), 20_000);
    expect((await bench.acme.modelConfig({ name: 'm' })).config?.instanceGroup[0]?.count).toBe(serving.instances);
  }
  for (const caller of callers) expect(await caller.stop()).toBeGreaterThan(20);
});

test('an imported model is refused a thread', async () => {
  await start();
  bench.registry.deployments = [imported('m', { serving: { isolation: { kind: 'thread' } } })];
  await bench.publishAliasMoved('acme', 'm', 1);
  await vi.waitFor(async () =>
    expect((await bench.acme.repositoryIndex({})).models).toMatchObject([
      { state: 'UNAVAILABLE', reason: expect.stringContaining('set --isolation process') },
    ]),
  );
});
