import { expect, test } from 'vitest';
import { initialWeights } from './initial-weights.js';
import { philox4x32, randomWords } from './philox.js';
import { rowOrder } from './row-order.js';

// Random123, tests/kat_vectors, philox4x32 10 (https://github.com/DEShawResearch/random123).
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)('Philox gives the published words for counter %s', (counter, key, expected) => {
  expect(philox4x32(counter, key)).toEqual(expected);
});

test('different streams and indices give different words', () => {
  const first = [randomWords(1, 0, 0), randomWords(1, 0, 1), randomWords(1, 1, 0), randomWords(2, 0, 0)].map(words =>
    words.next(),
  );
  expect(new Set(first).size).toBe(4);
});

test('the row order is a permutation that depends on the seed and the epoch', () => {
  const order = rowOrder(1000, 3, 5);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, row) => row));
  expect(rowOrder(1000, 3, 5)).toEqual(order);
  expect(rowOrder(1000, 3, 6)).not.toEqual(order);
  expect(rowOrder(1000, 4, 5)).not.toEqual(order);
});

test('every row is first about equally often', () => {
  const counts = new Array<number>(5).fill(0);
  for (let epoch = 0; epoch < 5000; epoch++) counts[rowOrder(5, 1, epoch)[0]!]! += 1;
  // Binomial: 1000 ± 28; five deviations.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(141);
});

test('weights are uniform in the He interval and biases are zero', () => {
  const weights = initialWeights(
    [
      { name: 'w', shape: [100, 50], initialization: { kind: 'he-uniform', fanIn: 100 } },
      { name: 'b', shape: [50], initialization: { kind: 'zeros' } },
    ],
    0,
  );
  const limit = Math.sqrt(6 / 100);
  const values = [...weights.get('w')!.data];
  expect(Math.max(...values)).toBeLessThanOrEqual(limit);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-limit);
  // The variance of a uniform distribution on ±limit is limit²/3 = 2/fanIn.
  expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(0.02, 2);
  expect(weights.get('b')!.data).toEqual(new Float32Array(50));
});
