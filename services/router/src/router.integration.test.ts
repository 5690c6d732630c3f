import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@athanor/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { readPoolsFile } from './pools/pools-file.js';
import { type Bench, type BenchOptions, deployment, type PoolSpec, rawClient, startBench } from './router.testkit.js';

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function start(pools: Record<string, PoolSpec>, options: BenchOptions = {}): Promise<Bench> {
  bench = await startBench(pools, options);
  return bench;
}

/** The pool that answered. */
async function ask({ router }: Bench, modelName: string): Promise<string> {
  return (await router.modelInfer({ modelName })).modelVersion;
}

describe('a request', () => {
  test("goes to the pool whose selectors match its deployment's name or its model", async () => {
    const running = await start({ small: { models: ['digits'] }, big: { models: ['people@champion'] } });
    expect(await ask(running, 'digits')).toBe('small');
    expect(await ask(running, 'faces')).toBe('big');
    expect(running.pools.get('big')![0]!.seen).toEqual(['faces']);
  });

  test("for a model that is unknown, or another tenant's, is refused with Triton's message and reaches no pool", async () => {
    const running = await start({ all: { models: ['*'] } });
    for (const stub of [running.router, running.stranger]) {
      await expect(stub.modelInfer({ modelName: stub === running.router ? 'none' : 'digits' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringMatching(/^Request for unknown model: '(none|digits)' is not found$/),
      });
    }
    expect(running.pools.get('all')![0]!.seen).toEqual([]);
  });

  test('bug: for a newly deployed model was refused as unknown by a router that had not received the event', async () => {
    const running = await start({ all: { models: ['*'] } }, { intervalMs: 60_000 });
    // By then the watch of events is open and has triggered one more list.
    await new Promise(resolve => setTimeout(resolve, 1_600));
    running.deployments = [deployment('digits'), deployment('fresh')];
    expect(await ask(running, 'fresh')).toBe('all');
  });

  test('bug: a process that had not loaded a new model yet answered NOT_FOUND although others of its pool had', async () => {
    const running = await start({ all: { models: ['*'], size: 3 } });
    const [first, second] = running.pools.get('all')!;
    for (const each of [first!, second!]) each.unknown.add('digits');
    for (let count = 0; count < 10; count++) expect(await ask(running, 'digits')).toBe('all');
  });

  test('for a deployment that no pool serves is refused with the names of the pools', async () => {
    const running = await start({ small: { models: ['digits'] }, big: { models: ['letters'] } });
    await expect(running.router.modelInfer({ modelName: 'faces' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      reason: 'NO_POOL',
      message: "no pool serves model 'faces'; the pools are small, big: add it to the models of one of them",
    });
  });

  test('of a caller without a credential is refused', async () => {
    const { address } = await start({ all: { models: ['*'] } });
    const { createStub } = await import('@athanor/client');
    const nobody = createStub('inference', { address, credential: 'nonsense' });
    await expect(nobody.modelInfer({ modelName: 'digits' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    nobody.close();
  });

  test('ends at its deadline, in the pool too', async () => {
    const running = await start({ all: { models: ['*'] } });
    running.pools.get('all')![0]!.delayMs = 3_000;
    await expect(running.router.modelInfer({ modelName: 'digits' }, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    await expect.poll(() => running.pools.get('all')![0]!.aborted).toBe(1);
  });

  test('that its caller cancels is cancelled in the pool', async () => {
    const running = await start({ all: { models: ['*'] } });
    const [pool] = running.pools.get('all')!;
    pool!.delayMs = 3_000;
    const abort = new AbortController();
    const asking = running.router.modelInfer({ modelName: 'digits' }, { signal: abort.signal });
    await expect.poll(() => pool!.seen.length).toBe(1);
    abort.abort();
    await expect(asking).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => pool!.aborted).toBe(1);
  });
});

describe('the processes of a pool', () => {
  test('share the load: the one with the fewest calls in flight gets the next request', async () => {
    const running = await start({ all: { models: ['*'], size: 3 } });
    const processes = running.pools.get('all')!;
    for (const each of processes) each.delayMs = 100;
    await Promise.all(Array.from({ length: 30 }, () => ask(running, 'digits')));
    for (const { seen } of processes) expect(seen.length).toBeGreaterThanOrEqual(8);
  });

  test('may end under load without a failed request', async () => {
    const running = await start({ all: { models: ['*'], size: 2 } });
    const [first, second] = running.pools.get('all')!;
    for (const each of [first!, second!]) each.delayMs = 5;
    let sending = true;
    const answered: string[] = [];
    // A client without retries, so that failures of the router are visible.
    const { infer, close } = rawClient(running);
    const load = Promise.all(
      Array.from({ length: 16 }, async () => {
        while (sending) answered.push((await infer('digits')).modelVersion);
      }),
    ).finally(close);
    const answeredSince = (count: number) => expect.poll(() => answered.length - count);
    await answeredSince(0).toBeGreaterThan(50);
    await first!.service.stop();
    const atTheEnd = second!.seen.length;
    await answeredSince(answered.length).toBeGreaterThan(50);
    sending = false;
    await load;
    expect(second!.seen.length - atTheEnd).toBeGreaterThan(50);
  });

  test('may all be unavailable: the call fails with UNAVAILABLE', async () => {
    const running = await start({ all: { models: ['*'] } });
    await running.pools.get('all')![0]!.service.stop();
    await expect(running.router.modelInfer({ modelName: 'digits' }, { timeoutMs: 10_000 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });
});

describe('a call about the whole server', () => {
  test("combines the pools' answers: the index, and the statistics of all models", async () => {
    const running = await start({ small: { models: ['digits'] }, big: { models: ['faces'] } });
    const { models } = await running.router.repositoryIndex({});
    expect(models.map(({ reason }) => reason).sort()).toEqual(['big', 'small']);
    expect(models[0]?.name).toBe('of acme');
    const { modelStats } = await running.router.modelStatistics({});
    expect(modelStats.map(({ name }) => name).sort()).toEqual(['big', 'small']);
    expect((await running.router.modelStatistics({ name: 'digits' })).modelStats).toHaveLength(1);
  });

  test('bug: one pool without processes failed the index of all pools', async () => {
    const running = await start({ small: { models: ['digits'] }, none: { models: ['faces'], size: 0 } });
    const { models } = await running.router.repositoryIndex({});
    expect(models.map(({ reason }) => reason)).toEqual(['small']);
  });

  test('loading and unloading change the registry with the credential of the caller', async () => {
    const { router, changes } = await start({ all: { models: ['*'] } });
    await router.repositoryModelUnload({
      modelName: 'digits',
      parameters: { unload_dependents: { boolParam: false } },
    });
    expect(changes).toEqual(['acme: digits stopped=true']);
    await router.repositoryModelUnload({ modelName: 'nothing' });
    await expect(router.repositoryModelLoad({ modelName: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(changes).toHaveLength(1);
  });

  test('live, ready and metadata', async () => {
    const { router } = await start({ all: { models: ['*'] } });
    expect(await router.serverLive({})).toMatchObject({ live: true });
    expect(await router.serverReady({})).toMatchObject({ ready: true });
    expect(await router.serverMetadata({})).toMatchObject({ name: 'athanor' });
  });
});

describe('the pools file', () => {
  test.each([
    ['{', /cannot be used: .*JSON/],
    ['{"pools": []}', /expected at least one pool/],
    ['{"pools": [{"name": "A", "address": "x:1", "models": ["*"]}]}', /pools\.0\.name: expected lower case/],
    ['{"pools": [{"name": "a", "address": "x", "models": ["*"]}]}', /pools\.0\.address: expected host:port/],
    ['{"pools": [{"name": "a", "address": "x:1", "models": []}]}', /at least one selector/],
    ['{"pools": [{"name": "a", "address": "x:1", "models": ["a b"]}]}', /model@alias or model@version, got 'a b'/],
    [
      `{"pools": [${['a', 'a'].map(name => `{"name": "${name}", "address": "x:1", "models": ["*"]}`)}]}`,
      /received 'a' twice/,
    ],
  ])('%s is refused with what is wrong', async (content, message) => {
    const folder = await temporaryDirectory('pools-file');
    const path = join(folder.path, 'pools.json');
    await writeFile(path, content);
    await expect(readPoolsFile(path)).rejects.toThrow(message);
    await folder.remove();
  });
});
