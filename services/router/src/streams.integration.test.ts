import { once } from 'node:events';
import { serviceDefinition } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, deployment, type PoolSpec, rawClient, startBench } from './router.testkit.js';
import { RouteTable } from './routes/route-table.js';
import type { GrpcPool } from './rpc/grpc-endpoint.js';
import { RetryBudget } from './rpc/retry-budget.js';
import { streamInfer } from './rpc/stream-infer.js';

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function start(pools: Record<string, PoolSpec>): Promise<Bench> {
  bench = await startBench(pools);
  return bench;
}

async function* requests(names: readonly string[]) {
  for (const [index, modelName] of names.entries()) yield { modelName, id: String(index) };
}

describe('a stream', () => {
  test('accepts requests for models of several pools, answered in order within a pool', async () => {
    const running = await start({ small: { models: ['digits'] }, big: { models: ['faces'] } });
    const names = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? 'faces' : 'digits'));
    const answered: { id: number; pool: string }[] = [];
    for await (const { inferResponse } of running.router.modelStreamInfer(requests(names)))
      answered.push({ id: Number(inferResponse?.id), pool: inferResponse?.modelVersion ?? '' });
    expect(answered).toHaveLength(200);
    for (const pool of ['small', 'big']) {
      const ids = answered.filter(each => each.pool === pool).map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      expect(ids.every(id => (names[id] === 'faces') === (pool === 'big'))).toBe(true);
    }
  });

  test('bug: one request without a pool ended it for all others', async () => {
    const running = await start({ small: { models: ['digits'] } });
    const answers = new Map<string, string>();
    const names = ['none', 'digits', 'faces', 'digits'];
    for await (const { errorMessage, inferResponse } of running.router.modelStreamInfer(requests(names)))
      answers.set(inferResponse!.id, errorMessage || inferResponse!.modelVersion);
    expect(Object.fromEntries(answers)).toEqual({
      0: "Request for unknown model: 'none' is not found",
      1: 'small',
      2: "no pool serves model 'faces'; the pools are small: add it to the models of one of them",
      3: 'small',
    });
  });

  test('bug: a pool without processes ended it', async () => {
    const none: GrpcPool = Object.assign(Object.create(null), {
      name: 'none',
      serves: () => true,
      endpoints: [],
      size: 0,
    });
    const table = new RouteTable([none]);
    table.update([{ ...deployment('digits'), tenant: 'acme' } as never]);
    const context = { tenant: 'acme', metadata: () => undefined } as unknown as CallContext;
    const { requestSerialize, responseDeserialize } = serviceDefinition('inference').ModelStreamInfer!;
    const asked = (async function* () {
      for (const id of ['a', 'b']) yield requestSerialize({ modelName: 'digits', id });
    })();
    const scope = {
      table,
      pools: [none],
      budget: new RetryBudget(),
      refresh: async () => undefined,
      changeDeployment: async () => undefined,
      context,
    };
    const answers = [];
    for await (const bytes of streamInfer(asked, scope)) answers.push(responseDeserialize(Buffer.from(bytes)));
    const errorMessage = "no process of pool 'none' is ready; check the pool's pods";
    expect(answers).toMatchObject(['a', 'b'].map(id => ({ errorMessage, inferResponse: { id } })));
  });

  test('with triton_grpc_error ends with the status of the first failed request', async () => {
    const raw = rawClient(await start({ all: { models: ['*'] } }), { triton_grpc_error: 'true' });
    const call = raw.stream();
    call.write({ modelName: 'none' });
    const [error] = await once(
      call.on('data', () => undefined),
      'error',
    );
    expect(error).toMatchObject({ code: status.NOT_FOUND });
    raw.close();
  });

  test('of invalid requests only, read slowly, is answered completely', async () => {
    const running = await start({ all: { models: ['*'] } });
    let count = 0;
    for await (const _ of running.router.modelStreamInfer(requests(Array.from({ length: 300 }, () => 'none')))) {
      if (count++ % 100 === 0) await new Promise(resolve => setTimeout(resolve, 20));
    }
    expect(count).toBe(300);
  });
});
