import { expect, it } from 'vitest';
import { chooseSize } from './stored-size.js';

const sizes = (...given: readonly (readonly [number, number])[]) => given.map(([width, height]) => ({ width, height }));

it('keeps the size that all images have, small ones too', () => {
  expect(chooseSize(sizes([8, 6], [8, 6]))).toEqual({ width: 8, height: 6 });
});

it('scales a large common size down to 256 on the longer side', () => {
  expect(chooseSize(sizes([1024, 512], [1024, 512]))).toEqual({ width: 256, height: 128 });
});

it('takes the medians of different sizes, within 32 and 256', () => {
  expect(chooseSize(sizes([100, 50], [120, 70], [90, 900]))).toEqual({ width: 100, height: 70 });
  expect(chooseSize(sizes([4000, 3000], [3000, 4000], [4000, 3000]))).toEqual({ width: 256, height: 192 });
  expect(chooseSize(sizes([10, 20], [12, 40]))).toEqual({ width: 32, height: 32 });
});
