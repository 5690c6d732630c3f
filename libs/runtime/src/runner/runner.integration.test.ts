// The common contract of the drivers, tested with each; then what only a process can do.

import { int64, type Tensor, tensor } from '@athanor/tensor';
import { afterEach, describe, expect, test } from 'vitest';
import { doubleModel, spinModel } from '../models.testkit.js';
import { createProcessRunner } from './process.js';
import type { Runner } from './runner.js';
import { createThreadRunner } from './thread.js';

const options = { intraOpThreads: 1 };
const drivers = { thread: createThreadRunner, process: createProcessRunner };
const started: Runner[] = [];

function start<R extends Runner>(create: () => R): R {
  const runner = create();
  started.push(runner);
  return runner;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(runner => runner.close()));
});

const valuesOf = (value: Tensor | undefined): unknown[] => [...(value!.data as Iterable<unknown>)];
const input = () => tensor('FP32', [1, 2], Float32Array.of(1, 2));

describe.each(Object.entries(drivers))('a %s runner', (driver, create: () => Runner) => {
  test('loads several models, runs them concurrently and keeps answers apart', async () => {
    const runner = start(create);
    const [a, b] = await Promise.all([runner.load(doubleModel, options), runner.load(doubleModel, options)]);
    expect(a.inputs).toEqual([{ name: 'x', dtype: 'FP32', shape: ['batch', 2] }]);
    expect(a.handle).not.toBe(b.handle);
    const inputs = Array.from({ length: 20 }, (_, i) => tensor('FP32', [1, 2], Float32Array.of(i, -i)));
    const outputs = await Promise.all(inputs.map((x, i) => runner.run(i % 2 ? a.handle : b.handle, { x })));
    expect(outputs.map(({ y }) => valuesOf(y))).toEqual(outputs.map((_, i) => [2 * i, -2 * i]));
    expect(await runner.memory()).toMatchObject({ models: 2, residentBytes: expect.any(Number) });
  });

  test('does not transfer a larger buffer that a tensor is part of', async () => {
    const runner = start(create);
    const { handle } = await runner.load(doubleModel, options);
    const large = Float32Array.of(1, 2, 3, 4);
    const { y } = await runner.run(handle, { x: tensor('FP32', [1, 2], large.subarray(2)) });
    expect(valuesOf(y)).toEqual([6, 8]);
    expect([...large]).toEqual([1, 2, 3, 4]);
  });

  test('reports a bad model, a bad input and an unloaded handle as coded failures', async () => {
    const runner = start(create);
    await expect(runner.load(Uint8Array.of(9), options)).rejects.toMatchObject({ code: 'INVALID_MODEL' });
    const { handle } = await runner.load(doubleModel, options);
    const wrong = { x: tensor('FP32', [3], new Float32Array(3)) };
    await expect(runner.run(handle, wrong)).rejects.toMatchObject({ code: 'RUN_FAILED' });
    await runner.unload(handle);
    await expect(runner.run(handle, { x: input() })).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
  });

  test('answers requests made before it is closed, and none after', async () => {
    const runner = start(create);
    const { handle } = await runner.load(doubleModel, options);
    const before = runner.run(handle, { x: input() });
    const closing = runner.close();
    await expect(runner.run(handle, { x: input() })).rejects.toMatchObject({ code: 'CLOSED' });
    expect(valuesOf((await before).y)).toEqual([2, 4]);
    await closing;
    expect(driver).toBeTypeOf('string');
  });
});

test('a thread runner takes ownership of a buffer that one tensor fills', async () => {
  const runner = start(createThreadRunner);
  const { handle } = await runner.load(doubleModel, options);
  const x = input();
  await runner.run(handle, { x });
  expect(x.data.byteLength).toBe(0);
});

test('a process that dies during a run rejects pending requests and is reported', async () => {
  const runner = start(createProcessRunner);
  const { handle } = await runner.load(spinModel, options);
  const forever = { iterations: int64([], [10n ** 12n]), x: tensor('FP32', [64, 64], new Float32Array(4096)) };
  const pending = runner.run(handle, forever);
  setTimeout(() => runner.kill(), 100);
  await expect(pending).rejects.toMatchObject({ code: 'RUNNER_LOST', message: expect.stringContaining('SIGKILL') });
  expect((await runner.lost).message).toContain('SIGKILL');
  await expect(runner.memory()).rejects.toMatchObject({ code: 'RUNNER_LOST' });
});
