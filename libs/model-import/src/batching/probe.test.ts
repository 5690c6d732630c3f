import type { LoadedModel } from '@athanor/runtime';
import { type Tensor, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { type Trial, TrialFailure } from '../trial/trial.js';
import { probeRows } from './probe.js';

type Compute = (x: Tensor<'FP32'>, other: Tensor<'FP32'>) => Tensor | never;

function probe(compute: Compute, width = 2) {
  const trial: Trial = {
    load: async () => ({ handle: 1, inputs: [], outputs: [] }) satisfies LoadedModel,
    run: async (_, { x, other }) => ({ y: compute(x as Tensor<'FP32'>, other as Tensor<'FP32'>) }),
    unload: async () => undefined,
    close: async () => undefined,
  };
  const input = (name: string) => ({ name, datatype: 'FP32', shape: [-1, width], axes: ['N', ''] }) as const;
  return probeRows(trial, {
    handle: 1,
    inputs: [input('other'), input('x')],
    outputs: [{ name: 'y', datatype: 'FP32' }],
  });
}

const rowsOf = (x: Tensor<'FP32'>, value: (row: Float32Array, at: number) => number) => {
  const [rows, width] = x.shape as [number, number];
  const data = Float32Array.from({ length: rows }, (_, at) => value(x.data.subarray(at * width, (at + 1) * width), at));
  return tensor('FP32', [rows], data);
};
const sum = (values: Float32Array) => values.reduce((total, number) => total + number, 0);

test('a function of each row alone is independent', async () => {
  expect(await probe(x => rowsOf(x, sum))).toEqual({ verdict: 'independent' });
});

test('rounding that depends on the number of rows is no dependence', async () => {
  expect(await probe(x => rowsOf(x, row => sum(row) * (1 + 1e-7 * x.shape[0]!)))).toEqual({ verdict: 'independent' });
});

test.each<[string, Compute, RegExp]>([
  [
    'the mean of all rows',
    x => rowsOf(x, row => sum(row) - sum(x.data)),
    /alone and with others, because of input "x"/,
  ],
  ['the place of a row', x => rowsOf(x, (row, at) => sum(row) + at), /in another order$/],
  ['the rows of another input', (x, other) => rowsOf(x, row => sum(row) + sum(other.data)), /because of input "other"/],
  [
    'fewer rows than the input',
    () => tensor('FP32', [1], Float32Array.of(1)),
    /of 3 rows, output "y" has the shape \[1\]/,
  ],
  ['a scalar', () => tensor('FP32', [], Float32Array.of(1)), /of 3 rows, output "y" has the shape \[\]/],
])('%s is a dependence', async (_, compute, reason) => {
  expect(await probe(compute)).toEqual({ verdict: 'dependent', reason: expect.stringMatching(reason) });
});

test('another size is tried if a run fails, and none after a process was ended', async () => {
  const sizes: number[] = [];
  const onlyWide: Compute = x => {
    if (!sizes.includes(x.shape[1]!)) sizes.push(x.shape[1]!);
    if (x.shape[1]! < 32) throw new TrialFailure('refused', 'too narrow');
    return rowsOf(x, sum);
  };
  expect(await probe(onlyWide, -1)).toEqual({ verdict: 'independent' });
  expect(sizes).toEqual([4, 1, 32]);
  const ended = await probe(() => {
    throw new TrialFailure('timeout', 'no end within 5 ms');
  }, -1);
  expect(ended).toEqual({ verdict: 'failed', reason: 'no end within 5 ms' });
});

test('errors that are not of the trial are passed on', async () => {
  const failing = probe(() => {
    throw new RangeError('a mistake');
  });
  await expect(failing).rejects.toThrow(RangeError);
});
