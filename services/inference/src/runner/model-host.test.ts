// With child processes as runners, because those can be killed.

import { createProcessRunner, type ProcessRunner } from '@athanor/runtime';
import { createTelemetry } from '@athanor/service';
import { tensor } from '@athanor/tensor';
import { afterEach, expect, test } from 'vitest';
import { scaleModel } from '../fixtures/models.js';
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

test('models that were loaded come back when the runner is lost', async () => {
  const [double, triple] = await (async () => {
    startHost();
    return [await host.load(scaleModel(2), options), await host.load(scaleModel(3), options)];
  })();
  expect([...(await double!.run(input())).y!.data]).toEqual([2, 4]);
  runners[0]!.kill();
  // Waits for the next runner, or was in flight: both are allowed, a wrong answer is not.
  await double!.run(input()).catch(error => expect(error).toMatchObject({ code: 'UNAVAILABLE' }));
  expect([...(await double!.run(input())).y!.data]).toEqual([2, 4]);
  expect([...(await triple!.run(input())).y!.data]).toEqual([3, 6]);
  expect(runners).toHaveLength(2);
});

test('requests in flight when the runner is lost are told to come again', async () => {
  startHost();
  const model = await host.load(scaleModel(2), options);
  const requests = Array.from({ length: 20 }, () => model.run(input()));
  runners[0]!.kill();
  const lost = (await Promise.allSettled(requests)).filter(({ status }) => status === 'rejected');
  expect(lost.length).toBeGreaterThan(0);
  for (const each of lost) expect(each).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
});

test('an unloaded model does not come back', async () => {
  startHost();
  const model = await host.load(scaleModel(2), options);
  await model.unload();
  runners[0]!.kill();
  const other = await host.load(scaleModel(3), options).catch(() => host.load(scaleModel(3), options));
  expect((await runners[1]!.memory()).models).toBe(1);
  await other.unload();
});

test('a run that fails is an internal error with the reason', async () => {
  startHost();
  const model = await host.load(scaleModel(2), options);
  const wrong = { x: tensor('FP32', [1, 3], new Float32Array(3)) };
  await expect(model.run(wrong)).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringMatching(/^onnx runtime error: .*x/s),
  });
});

test('bytes that are no model are refused', async () => {
  startHost();
  await expect(host.load(Uint8Array.of(1), options)).rejects.toMatchObject({ code: 'INVALID_MODEL' });
});
