import { tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { agree, takeRows } from './rows.js';

const fp32 = (shape: number[], ...values: number[]) => tensor('FP32', shape, Float32Array.from(values));

test('rows are taken in any order, of numbers and of strings', () => {
  expect(takeRows(fp32([3, 2], 1, 2, 3, 4, 5, 6), [2, 0])).toEqual(fp32([2, 2], 5, 6, 1, 2));
  expect(takeRows(tensor('BYTES', [2, 1], ['a', 'b']), [1, 1])).toEqual(tensor('BYTES', [2, 1], ['b', 'b']));
});

test.each([
  ['the same', fp32([2], 1, 2), fp32([2], 1, 2), true],
  ['rounding', fp32([2], 1, 2), fp32([2], 1.000005, 2), true],
  ['rounding of a sum that cancels, next to a large number', fp32([2], 1e-6, 10), fp32([2], 2e-6, 10), true],
  ['NaN in the same places', fp32([2], Number.NaN, 1), fp32([2], Number.NaN, 1), true],
  ['NaN in one of them', fp32([2], Number.NaN, 1), fp32([2], 0, 1), false],
  ['another infinity', fp32([1], Number.POSITIVE_INFINITY), fp32([1], Number.NEGATIVE_INFINITY), false],
  ['another number', fp32([2], 1, 2), fp32([2], 1, 2.001), false],
  ['another shape', fp32([2], 1, 2), fp32([1, 2], 1, 2), false],
  [
    'half-precision rounding',
    tensor('FP16', [1], Uint16Array.of(0x3c00)),
    tensor('FP16', [1], Uint16Array.of(0x3c01)),
    true,
  ],
  ['another integer', tensor('INT32', [1], Int32Array.of(1)), tensor('INT32', [1], Int32Array.of(2)), false],
  ['another string', tensor('BYTES', [1], ['a']), tensor('BYTES', [1], ['b']), false],
])('%s', (_, a, b, expected) => {
  expect(agree(a, b)).toBe(expected);
});
