import { expect, it } from 'vitest';
import { bitCount, differenceHash, hammingDistance } from './difference-hash.js';

const grey = (pixels: readonly number[], width: number) =>
  differenceHash(Uint8Array.from(pixels), { width, height: pixels.length / width, channels: 1 });

/** 9 × 8 pixels: each is a mean of its own. */
const RISING = Array.from({ length: 72 }, (_, at) => at % 9);

it('has a bit for each pixel that is brighter than its right neighbour', () => {
  expect(grey(RISING, 9)).toEqual({ high: 0, low: 0 });
  expect(grey([...RISING].reverse(), 9)).toEqual({ high: 0xffffffff, low: 0xffffffff });
  const spot = [...RISING];
  spot[1] = 100;
  expect(grey(spot, 9)).toEqual({ high: 0x40000000, low: 0 });
});

it('does not depend on size, brightness or channels', () => {
  const waves = (side: number, scale: number, channels: number) =>
    differenceHash(
      Uint8Array.from({ length: side * side * channels }, (_, at) => {
        const pixel = Math.floor(at / channels);
        return scale * (100 + 60 * Math.sin((9 * (pixel % side)) / side + Math.floor(pixel / side) / side));
      }),
      { width: side, height: side, channels },
    );
  expect(hammingDistance(waves(72, 1, 1), waves(144, 0.8, 3))).toBeLessThanOrEqual(2);
});

it('exists for a single pixel', () => {
  expect(grey([7], 1)).toEqual({ high: 0, low: 0 });
});

it('counts bits', () => {
  expect([0, 1, 0xffffffff, 0x80000001, 0x0f0f].map(bitCount)).toEqual([0, 1, 32, 2, 8]);
});
