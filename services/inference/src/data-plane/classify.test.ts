import { expect, test } from 'vitest';
import type { ModelSpec } from '../served-models/model-spec.js';
import { classify } from './classify.js';

const spec = {
  inputs: [],
  outputs: [],
  maxBatchSize: 8,
  labels: new Map([['p', ['cat', 'dog', 'owl']]]),
} satisfies ModelSpec;
const bytes = (view: ArrayBufferView) => new Uint8Array(view.buffer);

test('the best classes of each row, with value, index and label', () => {
  const output = { shape: [2, 3], data: bytes(Float32Array.of(0.25, 0.5, 0.25, 1, 0, 0)) };
  expect(classify(output, 2, { name: 'p', dtype: 'FP32', spec })).toEqual({
    shape: [2, 2],
    data: ['0.500000:1:dog', '0.250000:0:cat', '1.000000:0:cat', '0.000000:1:dog'],
  });
});

test('never more classes than there are; without labels if their number differs', () => {
  const output = { shape: [1, 2], data: bytes(BigInt64Array.of(3n, 7n)) };
  expect(classify(output, 9, { name: 'p', dtype: 'INT64', spec })).toEqual({ shape: [1, 2], data: ['7:1', '3:0'] });
});

test('without a batch dimension there is one row', () => {
  const output = { shape: [3], data: bytes(Int32Array.of(1, 3, 2)) };
  const unbatched = { ...spec, maxBatchSize: 0 };
  expect(classify(output, 1, { name: 'p', dtype: 'INT32', spec: unbatched })).toEqual({
    shape: [1],
    data: ['3:1:dog'],
  });
});

test('text cannot be ranked', () => {
  expect(() => classify({ shape: [1, 1], data: ['a'] }, 1, { name: 'p', dtype: 'BYTES', spec })).toThrow(
    "output 'p' is BYTES; classification needs numbers",
  );
});
