// A scheduler, a pool and runs together, with instances that the test controls.

import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { ServiceError } from '@athanor/service';
import { type Caller, type OutputRows, SCHEDULERS, type Work } from '@athanor/serving';
import { type Tensor, tensor } from '@athanor/tensor';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ModelSpec } from '../served-models/model-spec.js';
import { ModelStatistics } from '../served-models/statistics.js';
import { runBatch } from './batch-run.js';
import { InstanceLost } from './instance.js';
import { InstancePool } from './instance-pool.js';

const spec: ModelSpec = {
  inputs: [{ name: 'x', dtype: 'FP32', dims: [1] }],
  outputs: [{ name: 'y', dtype: 'FP32', dims: [1] }],
  maxBatchSize: 8,
  labels: new Map(),
};
const waiting: Caller = { abortReason: undefined, deadlineMs: Number.POSITIVE_INFINITY };
const workOf = (values: readonly number[], more: Partial<Work> = {}): Work => ({
  rows: values.length,
  inputs: [{ dims: [1], data: new Uint8Array(Float32Array.from(values).buffer) }],
  timeoutUs: 0,
  priority: 0,
  caller: waiting,
  ...more,
});
const valuesOf = (outputs: readonly OutputRows[]): number[] => [
  ...new Float32Array((outputs[0]!.data as Uint8Array).slice().buffer),
];

type Run = (inputs: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;

interface BenchOptions {
  readonly scheduler?: string;
  readonly parameters?: object;
  readonly spec?: ModelSpec;
  readonly run?: Run;
  readonly count?: number;
}

/** y = -x; each run ends when the test lets it. Records the rows of every run. */
async function bench(options: BenchOptions = {}) {
  const runs: number[][] = [];
  const held: (() => void)[] = [];
  const state = { holds: false, failsWith: undefined as unknown };
  const statistics = new ModelStatistics();
  const negate: Run = async ({ x }) => {
    const values = [...(x!.data as Float32Array)];
    runs.push(values);
    if (state.holds) await new Promise<void>(resolve => held.push(resolve));
    else await turn();
    if (state.failsWith !== undefined && values.some(value => value === 13)) throw state.failsWith;
    return {
      y: tensor(
        'FP32',
        x!.shape,
        Float32Array.from(values, value => -value),
      ),
    };
  };
  const { scheduler: kind = 'dynamic', parameters = {}, run = negate, count = 1 } = options;
  const used = options.spec ?? spec;
  const meter = { recordRun: () => undefined };
  const started = { count: 0 };
  const givenUp: string[] = [];
  const pool: InstancePool = new InstancePool({
    count,
    async start() {
      started.count++;
      let lose: (error: InstanceLost) => void = () => undefined;
      const lost = new Promise<InstanceLost>(resolve => {
        lose = resolve;
      });
      return {
        pid: 0,
        lost,
        async execute(inputs) {
          try {
            return await run(inputs);
          } catch (error) {
            if (error instanceof InstanceLost) lose(error);
            throw error;
          }
        },
        memoryBytes: () => undefined,
        stop: async () => undefined,
        kill: reason => lose(new InstanceLost(reason)),
      };
    },
    runBatch: (instance, batch) =>
      runBatch(instance, batch, { spec: used, statistics, meter, observe: ms => scheduler.observe(ms) }),
    memoryLimitBytes: Number.POSITIVE_INFINITY,
    refused: waitedMs => statistics.addFailure(waitedMs),
    onRestart: () => undefined,
    onGivenUp: reason => givenUp.push(reason),
  });
  const family = SCHEDULERS.kinds[kind]!;
  const all = family.parameters.parse({ maxBatchSize: used.maxBatchSize || 64, ...parameters });
  const scheduler = family.create(all, { instances: pool, mayBatch: used.maxBatchSize > 0, maxBatchSize: 0 });
  pool.onFree = () => scheduler.dispatch();
  await pool.start();
  const submit = (work: Work) =>
    new Promise<readonly OutputRows[]>((resolve, reject) => {
      scheduler.submit(work, { send: resolve, fail: reject });
    });
  const drain = async () => {
    await scheduler.drain();
    await pool.stop();
  };
  const release = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { submit, drain, scheduler, pool, statistics, runs, state, release, started, givenUp };
}

test('requests that arrive together share a run', async () => {
  const { submit, runs } = await bench();
  const answers = await Promise.all([submit(workOf([1])), submit(workOf([2, 3]))]);
  expect(answers.map(valuesOf)).toEqual([[-1], [-2, -3]]);
  expect(answers.map(([y]) => y!.shape)).toEqual([
    [1, 1],
    [2, 1],
  ]);
  expect(runs).toEqual([[1, 2, 3]]);
});

test('requests that arrive during a run wait and share the next one', async () => {
  const { submit, scheduler, runs, state, release } = await bench();
  state.holds = true;
  const first = submit(workOf([1]));
  await turn();
  const others = [submit(workOf([2])), submit(workOf([3]))];
  await turn();
  expect(runs).toEqual([[1]]);
  expect(scheduler.depth).toBe(2);
  state.holds = false;
  release();
  await Promise.all([first, ...others]);
  expect(runs).toEqual([[1], [2, 3]]);
});

test('a run has at most the maximum batch size, and requests keep their order', async () => {
  const { submit, runs } = await bench();
  await Promise.all([[1, 2, 3, 4, 5], [6, 7, 8, 9], [10]].map(values => submit(workOf(values))));
  expect(runs).toEqual([
    [1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10],
  ]);
});

test('rows of different dimensions do not share a run', async () => {
  const open: ModelSpec = { ...spec, inputs: [{ ...spec.inputs[0]!, dims: [-1] }] };
  const shapes: unknown[] = [];
  const { submit } = await bench({
    spec: open,
    run: async ({ x }) => {
      shapes.push(x!.shape);
      return { y: tensor('FP32', [x!.shape[0]!, 1], new Float32Array(x!.shape[0]!)) };
    },
  });
  const wide = (): Work => workOf([1], { inputs: [{ dims: [2], data: new Uint8Array(8) }] });
  await Promise.all([wide(), wide(), workOf([3])].map(work => submit(work)));
  expect(shapes).toEqual([
    [2, 2],
    [1, 1],
  ]);
});

test('a model without a batch dimension runs its requests one by one', async () => {
  const { submit, runs } = await bench({ spec: { ...spec, maxBatchSize: 0 } });
  await Promise.all([submit(workOf([1])), submit(workOf([2]))]);
  expect(runs).toEqual([[1], [2]]);
});

describe('a request without a waiting caller is not run', () => {
  test('if its call was cancelled', async () => {
    const { submit, runs, statistics } = await bench();
    const cancelled = { ...waiting, abortReason: new ServiceError('CANCELLED', 'gone') };
    const answers = await Promise.allSettled(
      [workOf([1]), workOf([2], { caller: cancelled }), workOf([3])].map(work => submit(work)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { code: 'CANCELLED' } });
    expect(runs).toEqual([[1, 3]]);
    expect(statistics.fail.count).toBe(1);
  });

  test('if its deadline or its own timeout has passed', async () => {
    const { submit, runs, state, release } = await bench();
    state.holds = true;
    const first = submit(workOf([1]));
    await turn();
    const late = submit(workOf([2], { caller: { ...waiting, deadlineMs: Date.now() + 5 } }));
    const impatient = submit(workOf([3], { timeoutUs: 5_000 }));
    const patient = submit(workOf([4], { timeoutUs: 60_000_000 }));
    await sleep(20);
    state.holds = false;
    release();
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await expect(impatient).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'Request timeout expired' });
    await Promise.all([first, patient]);
    expect(runs).toEqual([[1], [4]]);
  });
});

test('a full queue refuses requests, but reuses the places of cancelled ones', async () => {
  const { submit, statistics, state, release } = await bench({ parameters: { maxQueueSize: 2 } });
  state.holds = true;
  const first = submit(workOf([1]));
  await turn();
  const caller: { -readonly [K in keyof Caller]: Caller[K] } = { ...waiting };
  const dead = submit(workOf([2], { caller }));
  const second = submit(workOf([3]));
  await expect(submit(workOf([4]))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'Exceeds maximum queue size',
  });
  caller.abortReason = new ServiceError('CANCELLED', 'gone');
  const third = submit(workOf([5]));
  await expect(dead).rejects.toMatchObject({ code: 'CANCELLED' });
  state.holds = false;
  release();
  expect((await Promise.all([first, second, third])).map(valuesOf)).toEqual([[-1], [-3], [-5]]);
  expect(statistics.fail.count).toBe(2);
});

describe('a failed run', () => {
  test('is retried request by request, so that one request does not fail others', async () => {
    const { submit, runs, state } = await bench();
    state.failsWith = new ServiceError('INTERNAL', 'onnx runtime error: invalid input');
    const answers = await Promise.allSettled([[1], [13], [2]].map(values => submit(workOf(values))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(runs).toEqual([[1, 13, 2], [1], [13], [2]]);
  });

  test('because an instance was lost is rerun request by request on the next one; a single request fails', async () => {
    const { submit, runs, state, started } = await bench();
    state.failsWith = new InstanceLost('killed');
    const answers = await Promise.allSettled([[1], [13], [2]].map(values => submit(workOf(values))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { code: 'UNAVAILABLE', data: { reason: 'INSTANCE_LOST' } } });
    expect(runs).toEqual([[1, 13, 2], [1], [13], [2]]);
    expect(started.count).toBe(3);
  });

  test('that took too long fails with DEADLINE_EXCEEDED', async () => {
    const { submit, state } = await bench();
    state.failsWith = new InstanceLost('a run took longer than 10 ms', { isTimeout: true });
    await expect(submit(workOf([13]))).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });
});

test('a model whose instances crash repeatedly is given up, and what waits fails', async () => {
  const { submit, state, givenUp, pool, scheduler } = await bench();
  state.failsWith = new InstanceLost('it crashed');
  const answers = await Promise.allSettled(
    Array.from({ length: 5 }, () =>
      submit(
        workOf([13], {
          rows: 8 as never,
          inputs: [{ dims: [1], data: new Uint8Array(Float32Array.of(13, 0, 0, 0, 0, 0, 0, 0).buffer) }],
        }),
      ),
    ),
  );
  expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  expect(givenUp).toEqual(['it crashed']);
  expect(pool.state).toBe('given-up');
  expect(scheduler.depth).toBe(0);
});

test('bug: requests that waited for a model that was given up were never answered', async () => {
  const { submit, state, scheduler, givenUp } = await bench({ scheduler: 'direct' });
  state.failsWith = new InstanceLost('it crashed');
  const answers = Promise.allSettled(Array.from({ length: 8 }, () => submit(workOf([13]))));
  await expect.poll(() => givenUp).toEqual(['it crashed']);
  scheduler.abort(new ServiceError('UNAVAILABLE', 'the version is quarantined'));
  expect((await answers).map(({ status }) => status)).toEqual(new Array(8).fill('rejected'));
  await expect(submit(workOf([1]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('several instances run at the same time', async () => {
  const { submit, runs, state, release } = await bench({ count: 2, scheduler: 'direct' });
  state.holds = true;
  const answers = [submit(workOf([1])), submit(workOf([2])), submit(workOf([3]))];
  await turn();
  expect(runs).toEqual([[1], [2]]);
  state.holds = false;
  release();
  expect((await Promise.all(answers)).map(valuesOf)).toEqual([[-1], [-2], [-3]]);
});

test('an evicted model is reloaded by its next request', async () => {
  const { submit, pool, started } = await bench();
  await pool.evict();
  expect([pool.state, pool.isReady]).toEqual(['evicted', false]);
  pool.touch();
  expect(valuesOf(await submit(workOf([4])))).toEqual([-4]);
  expect(started.count).toBe(2);
});

test('draining answers accepted requests, refuses new ones, and then settles', async () => {
  const { submit, drain, state, release } = await bench();
  state.holds = true;
  const taken = [submit(workOf([1])), submit(workOf([2]))];
  await turn();
  const waitsForRun = submit(workOf([3]));
  let isDrained = false;
  const drained = drain().then(() => {
    isDrained = true;
  });
  await expect(submit(workOf([4]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await turn();
  expect(isDrained).toBe(false);
  state.holds = false;
  release();
  await drained;
  expect((await Promise.all([...taken, waitsForRun])).map(valuesOf)).toEqual([[-1], [-2], [-3]]);
});

test('statistics count requests, runs and rows as Triton does', async () => {
  const { submit, statistics } = await bench();
  await Promise.all([submit(workOf([1])), submit(workOf([2, 3]))]);
  await submit(workOf([4]));
  expect(statistics.executionCount).toBe(2);
  expect(statistics.inferenceCount).toBe(4);
  const { success, queue, computeInput, computeInfer, computeOutput } = statistics;
  expect([success, queue, computeInput, computeInfer, computeOutput].map(({ count }) => count)).toEqual([
    3, 3, 3, 3, 3,
  ]);
  expect([...statistics.batches].map(([rows, { computeInfer: each }]) => [rows, each.count])).toEqual([
    [3, 1],
    [1, 1],
  ]);
  expect(Date.now() - statistics.lastInferenceMs).toBeLessThan(1_000);
});

interface Arrival {
  readonly rows: number;
  /** Turns of the event loop before the next request. */
  readonly pause: number;
  /** Turns after which the caller cancels; undefined: never. */
  readonly cancelAfter: number | undefined;
}

test('for any arrivals and cancellations each request gets its own rows, in order, and every request settles', async () => {
  const arrival: fc.Arbitrary<Arrival> = fc.record({
    rows: fc.integer({ min: 1, max: 8 }),
    pause: fc.integer({ min: 0, max: 2 }),
    cancelAfter: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 40 }), async arrivals => {
      const { submit, drain, runs } = await bench();
      let next = 0;
      const answers: Promise<void>[] = [];
      for (const { rows, pause, cancelAfter } of arrivals) {
        const values = Array.from({ length: rows }, () => ++next);
        const caller: { -readonly [K in keyof Caller]: Caller[K] } = { ...waiting };
        const check = submit(workOf(values, { caller })).then(
          outputs => expect(valuesOf(outputs)).toEqual(values.map(value => -value)),
          error => expect(error).toBe(caller.abortReason),
        );
        answers.push(check);
        if (cancelAfter !== undefined) void giveUp(caller, cancelAfter);
        for (let turns = 0; turns < pause; turns++) await turn();
      }
      await Promise.all(answers);
      await drain();
      const ran = runs.flat();
      expect(ran).toEqual([...new Set(ran)].sort((a, b) => a - b));
      expect(runs.every(run => run.length <= 8)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

async function giveUp(caller: { abortReason: Error | undefined }, turns: number): Promise<void> {
  for (let left = turns; left > 0; left--) await turn();
  caller.abortReason = new ServiceError('CANCELLED', 'gone');
}

test('a request without a deadline, or at the head of the queue, is never refused for overload', async () => {
  const { submit, state, release } = await bench();
  await submit(workOf([0]));
  state.holds = true;
  const caller = { abortReason: undefined, deadlineMs: Date.now() + 5_000 };
  const answers = [workOf([1], { caller }), workOf([2]), workOf([3])].map(work => submit(work));
  await turn();
  state.holds = false;
  await turn();
  release();
  expect((await Promise.all(answers)).map(valuesOf)).toEqual([[-1], [-2], [-3]]);
});

describe('by a clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** y = x, after `runMs` of the test's clock. More than 16 runs are known, below which nothing is refused. */
  async function timedBench(maxBatchSize: number, runMs: number) {
    const clock = { runMs };
    const { submit } = await bench({
      spec: { ...spec, maxBatchSize },
      async run({ x }) {
        await new Promise(resolve => setTimeout(resolve, clock.runMs));
        return { y: x! };
      },
    });
    const runOne = async () => {
      const answer = submit(workOf([0]));
      await vi.runAllTimersAsync();
      await answer;
    };
    for (let run = 0; run < 20; run++) await runOne();
    return { submit, clock, runOne };
  }

  test('with a queue delay the first request waits for others, and a full batch does not', async () => {
    const runs: number[][] = [];
    const { submit } = await bench({
      parameters: { maxQueueDelayUs: 30_000 },
      async run({ x }) {
        runs.push([...(x!.data as Float32Array)]);
        return { y: x! };
      },
    });
    const answers = [submit(workOf([1]))];
    await vi.advanceTimersByTimeAsync(20);
    answers.push(submit(workOf([2])));
    await vi.advanceTimersByTimeAsync(9);
    expect(runs).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toEqual([[1, 2]]);
    answers.push(submit(workOf([1, 2, 3, 4, 5, 6, 7, 8])));
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toHaveLength(2);
    await Promise.all(answers);
  });

  test('bug: under overload every request waited until its deadline, and then failed', async () => {
    const RUN_MS = 40;
    const { submit } = await timedBench(1, RUN_MS);
    const outcomes: { code: string; waitedMs: number }[] = [];
    const send = async () => {
      const begun = Date.now();
      const caller = { abortReason: undefined, deadlineMs: begun + 300 };
      const code = await submit(workOf([1], { caller })).then(
        () => 'OK',
        (error: ServiceError) => error.code,
      );
      outcomes.push({ code, waitedMs: Date.now() - begun });
    };
    // Four times its capacity.
    const sent: Promise<void>[] = [];
    for (let index = 0; index < 60; index++) {
      sent.push(send());
      await vi.advanceTimersByTimeAsync(RUN_MS / 4);
    }
    await vi.runAllTimersAsync();
    await Promise.all(sent);
    const refused = outcomes.filter(({ code }) => code === 'RESOURCE_EXHAUSTED');
    const answered = outcomes.filter(({ code }) => code === 'OK');
    // Nothing fails at its deadline. Capacity is 15 runs while requests arrive, and then the 7 that fit the deadline.
    expect(refused.length + answered.length).toBe(60);
    expect(answered.length).toBe(15 + 7);
    expect(new Set(refused.map(({ waitedMs }) => waitedMs))).toEqual(new Set([0]));
  });

  test('bug: one slow run made burst after burst be refused', async () => {
    const { submit, clock, runOne } = await timedBench(4, 1);
    clock.runMs = 400;
    await runOne();
    clock.runMs = 1;
    const caller = { abortReason: undefined, deadlineMs: Date.now() + 350 };
    const burst = Promise.all(Array.from({ length: 20 }, () => submit(workOf([1], { caller }))));
    await vi.runAllTimersAsync();
    expect(await burst).toHaveLength(20);
  });

  test('bug: requests that nobody waited for any more made others be refused', async () => {
    const { submit } = await timedBench(1, 1);
    const running = submit(workOf([1]));
    await vi.advanceTimersByTimeAsync(0);
    // A thousand runs of 1 ms take longer than the deadline.
    const gone = { abortReason: undefined as Error | undefined, deadlineMs: Number.POSITIVE_INFINITY };
    const cancelled = Array.from({ length: 1_000 }, () => submit(workOf([2], { caller: gone })));
    gone.abortReason = new ServiceError('CANCELLED', 'gone');
    for (const each of cancelled) each.catch(() => undefined);
    const caller = { abortReason: undefined, deadlineMs: Date.now() + 20 };
    const live = submit(workOf([3], { caller }));
    await vi.runAllTimersAsync();
    expect(valuesOf(await running)).toEqual([1]);
    expect(valuesOf(await live)).toEqual([3]);
  });
});
