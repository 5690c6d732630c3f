// Operators whose indices are easy to get wrong, on drawn arguments: as ONNX Runtime computes them, and differentiated.

import { int64, tensor } from '@athanor/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceError, float32Error } from './check-gradient.testkit.js';
import type { GradientCase } from './gradient.js';

type Op = 'Slice' | 'Pad' | 'Resize' | 'Einsum' | 'ScatterElements';

async function check(op: Op, drawn: GradientCase): Promise<void> {
  expect(differenceError(op, drawn)).toBeLessThan(1e-7);
  expect(await float32Error(op, drawn)).toBeLessThan(1e-4);
}

/** The same arguments in every run. */
const OPTIONS = { seed: 20261129, numRuns: 40 };
const vector = (values: readonly number[]) => int64([values.length], values);
const size = fc.integer({ min: 1, max: 5 });

test('Slice', async () => {
  const bound = fc.integer({ min: -7, max: 7 });
  const pair = fc.tuple(bound, bound);
  const steps = fc.tuple(fc.constantFrom(1, 2, 3, -1, -2), fc.constantFrom(1, -1));
  const drawn = fc.record({ shape: fc.tuple(size, size, size), starts: pair, ends: pair, steps });
  await fc.assert(
    fc.asyncProperty(drawn, ({ shape, starts, ends, steps }) =>
      check('Slice', { inputs: [shape, vector(starts), vector(ends), vector([-1, 0]), vector(steps)] }),
    ),
    OPTIONS,
  );
});

test('Slice of a batch whose size is known in a run only', async () => {
  const bound = fc.integer({ min: -7, max: 7 });
  const drawn = fc.record({ shape: fc.tuple(size, size), start: bound, end: bound });
  await fc.assert(
    fc.asyncProperty(drawn, ({ shape, start, end }) =>
      check('Slice', { inputs: [shape, vector([start]), vector([end])], symbolic: true }),
    ),
    OPTIONS,
  );
});

test('Pad, also by negative amounts', async () => {
  const amount = fc.integer({ min: -1, max: 2 });
  const drawn = fc.record({
    // Reflection needs as many elements as it adds, after cropping.
    shape: fc.tuple(fc.integer({ min: 5, max: 6 }), fc.integer({ min: 5, max: 6 })),
    pads: fc.tuple(amount, amount, amount, amount),
    mode: fc.constantFrom('constant', 'reflect', 'edge', 'wrap'),
  });
  await fc.assert(
    fc.asyncProperty(drawn, ({ shape, pads, mode }) =>
      check('Pad', { inputs: [shape, vector(pads)], attributes: { mode } } as GradientCase),
    ),
    OPTIONS,
  );
});

test('Resize by scales and to sizes', async () => {
  const scale = fc.constantFrom(1, 2, 3, 1.5, 1.25, 0.5);
  const drawn = fc.record({
    // Large enough for each scale to change the size: ONNX Runtime copies a tensor whose size stays, whatever the scale.
    shape: fc.tuple(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 6 })),
    target: fc.oneof(
      fc.tuple(scale, scale).map(([a, b]) => [undefined, tensor('FP32', [4], Float32Array.of(1, 1, a, b)), undefined]),
      fc.tuple(size, size).map(([a, b]) => [undefined, undefined, vector([1, 2, a, b])]),
    ),
    mode: fc.constantFrom('nearest', 'linear'),
    coordinate_transformation_mode: fc.constantFrom(
      'half_pixel',
      'pytorch_half_pixel',
      'align_corners',
      'asymmetric',
      'half_pixel_symmetric',
    ),
    nearest_mode: fc.constantFrom('floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'),
  });
  await fc.assert(
    fc.asyncProperty(drawn, ({ shape, target, mode, ...modes }) => {
      // To a size, the scale is a fraction: which element is nearest can depend on the precision.
      const attributes = { ...modes, mode: target[1] ? mode : 'linear' };
      return check('Resize', { inputs: [[1, 2, ...shape], ...target], attributes } as GradientCase);
    }),
    OPTIONS,
  );
});

test('ScatterElements with repeated indices, by each reduction', async () => {
  const drawn = fc.record({
    indices: fc.array(fc.integer({ min: -3, max: 2 }), { minLength: 8, maxLength: 8 }),
    reduction: fc.constantFrom('add', 'mul', 'max', 'min'),
  });
  await fc.assert(
    fc.asyncProperty(drawn, ({ indices, reduction }) =>
      check('ScatterElements', {
        inputs: [[3, 4], int64([2, 4], indices), [2, 4]],
        attributes: { reduction },
      } as GradientCase),
    ),
    OPTIONS,
  );
});

test.each<[string, ...number[][]]>([
  ['ij,kj', [2, 3], [4, 3]],
  ['i,i', [3], [3]],
  ['i,j', [2], [3]],
  ['b...,b', [2, 3, 4], [2]],
  ['...a,a...->...', [2, 3], [3, 2]],
  ['bii->b', [2, 3, 3]],
  ['iii->i', [2, 2, 2]],
  ['ij->', [2, 3]],
  ['ij->ij', [2, 3]],
  ['ab,bc,cd->ad', [2, 3], [3, 4], [4, 2]],
  ['Ab,bC->CA', [2, 3], [3, 4]],
  ['ij,jk->', [2, 3], [3, 2]],
  ['bhqk,bkhd->bqhd', [2, 2, 2, 3], [2, 3, 2, 3]],
  ['ii,ii->i', [3, 3], [3, 3]],
  [',ij->ij', [], [2, 3]],
])('Einsum %s', async (equation, ...inputs) => {
  await check('Einsum', { inputs, attributes: { equation } } as GradientCase);
});
