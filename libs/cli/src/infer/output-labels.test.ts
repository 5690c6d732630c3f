import { expect, it } from 'vitest';
import { rowLabels } from './output-labels.js';

const labels = ['cat', 'dog', 'owl'];
const tensor = (datatype: 'FP32' | 'INT64' | 'BYTES', shape: number[], data: ArrayLike<unknown>) =>
  ({ datatype, shape, data }) as unknown as Parameters<typeof rowLabels>[0];

it('names the class with the largest value of each row', () => {
  const scores = Float32Array.from([0.1, 0.8, 0.1, 0.2, 0.1, 0.7]);
  expect(rowLabels(tensor('FP32', [2, 3], scores), labels)).toEqual(['dog', 'owl']);
  expect(rowLabels(tensor('FP32', [3], scores.slice(3)), labels)).toEqual(['owl']);
});

it('names the class whose number an output has', () => {
  expect(rowLabels(tensor('INT64', [2], BigInt64Array.from([2n, 0n])), labels)).toEqual(['owl', 'cat']);
});

it('has no names for an output that they do not fit', () => {
  expect(rowLabels(tensor('FP32', [2, 4], new Float32Array(8)), labels)).toBeUndefined();
  expect(rowLabels(tensor('INT64', [1], BigInt64Array.from([7n])), labels)).toBeUndefined();
  expect(rowLabels(tensor('BYTES', [3], []), labels)).toBeUndefined();
  expect(rowLabels(tensor('FP32', [1, 3], new Float32Array(3)), [])).toBeUndefined();
});
