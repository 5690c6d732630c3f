// With child processes as runners, because they can be killed.

import { createProcessRunner, type ProcessRunner, type Runner, RuntimeFailure } from '@athanor/runtime';
import { createTelemetry } from '@athanor/service';
import { tensor } from '@athanor/tensor';
import { afterEach, expect, test } from 'vitest';
import { brokenModel, scaleModel } from '../models.testkit.js';
import { ModelHost } from './model-host.js';

const { log } = createTelemetry({ service: 'test', logLevel: 'silent', followsContext: false });
const runners: ProcessRunner[] = [];
let host: ModelHost;

function startHost(): ModelHost {
  runners.length = 0;
  host = new ModelHost({
    log,
    createRunner() {
      const runner = createProcessRunner();
      runners.push(runner);
      return runner;
    },
  });
  return host;
}

afterEach(async () => {
  await host.close();
});

const input = () => ({ x: tensor('FP32', [1, 2], Float32Array.of(1, 2)) });
const options = { intraOpThreads: 1 };

test('loaded models are reloaded after their runner is lost', async () => {
  const [double, triple] = await (async () => {
    startHost();
    return [await host.load(scaleModel(2), options), await host.load(scaleModel(3), options)];
  })();
  expect([...(await double!.run(input())).y!.data]).toEqual([2, 4]);
  runners[0]!.kill();
  // The request waits for the next runner or fails as in flight; a wrong answer is not allowed.
  await double!.run(input()).catch(error => expect(error).toMatchObject({ code: 'UNAVAILABLE' }));
  expect([...(await double!.run(input())).y!.data]).toEqual([2, 4]);
  expect([...(await triple!.run(input())).y!.data]).toEqual([3, 6]);
  expect(runners).toHaveLength(2);
});

test('requests in flight when the runner is lost fail with UNAVAILABLE', async () => {
  startHost();
  const model = await host.load(scaleModel(2), options);
  const requests = Array.from({ length: 20 }, () => model.run(input()));
  runners[0]!.kill();
  const lost = (await Promise.allSettled(requests)).filter(({ status }) => status === 'rejected');
  expect(lost.length).toBeGreaterThan(0);
  for (const each of lost) expect(each).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
});

test('an unloaded model is not reloaded', async () => {
  startHost();
  const model = await host.load(scaleModel(2), options);
  await model.unload();
  runners[0]!.kill();
  const other = await host.load(scaleModel(3), options).catch(() => host.load(scaleModel(3), options));
  expect((await runners[1]!.memory()).models).toBe(1);
  await other.unload();
});

test('a failed run is an internal error with the reason', async () => {
  startHost();
  const model = await host.load(scaleModel(2), options);
  const wrong = { x: tensor('FP32', [1, 3], new Float32Array(3)) };
  await expect(model.run(wrong)).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringMatching(/^onnx runtime error: .*x/s),
  });
});

test("bug: paths of ONNX Runtime's source files were shown to the caller", async () => {
  startHost();
  const model = await host.load(brokenModel(), options);
  const failed = await model.run(input()).catch((error: unknown) => error as Error);
  expect(failed).toMatchObject({ code: 'INTERNAL', message: expect.stringMatching(/^onnx runtime error: .*Reshape/) });
  expect((failed as Error).message).not.toMatch(/\.h\b|\.cc\b|onnxruntime\//);
  expect(((failed as Error).cause as Error).message).toMatch(/onnxruntime/);
});

test('bug: a model whose reloading had failed once was never retried', async () => {
  let isFull = false;
  const lose: (() => void)[] = [];
  // A fake runner without capacity for a while, which a real one cannot be made to simulate.
  const createRunner = (): Runner => ({
    async load() {
      if (isFull) throw new RuntimeFailure('LOAD_FAILED' as never, 'no memory');
      return { handle: 1 } as never;
    },
    run: async () => ({}),
    unload: async () => undefined,
    memory: async () => ({}) as never,
    close: async () => undefined,
    lost: new Promise(resolve => lose.push(() => resolve(new Error('killed')))),
  });
  host = new ModelHost({ log, createRunner });
  const model = await host.load(scaleModel(2), options);
  expect(model.isLoaded).toBe(true);
  isFull = true;
  lose[0]!();
  await expect.poll(() => model.isLoaded).toBe(false);
  await expect(model.run(input())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  isFull = false;
  await expect.poll(() => model.isLoaded).toBe(true);
  expect(await model.run(input())).toEqual({});
});

test('bytes that are not a model are refused', async () => {
  startHost();
  await expect(host.load(Uint8Array.of(1), options)).rejects.toMatchObject({ code: 'INVALID_MODEL' });
});
