import type { GraphBuilder, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { z } from 'zod';
import type { Augmentation } from './augmentation.js';
import { drawUniform, float, wholeBelow } from './draws.js';

const parameters = z.strictObject({
  size: z.int().min(1).max(4_096).default(8).describe('Height and width of the square, in pixels.'),
});

/**
 * DeVries, Taylor 2017: the centre is any pixel with equal probability, so a part of the square may lie outside of the image.
 * Zero is the mean colour after the normalization `standard` of the transform `image`, and black after `unit`.
 */
export const cutout: Augmentation<z.output<typeof parameters>> = {
  kind: 'cutout',
  version: 1,
  summary: 'Sets a square of each image to zero, at a random place.',
  parameters,
  accepts({ height, width }, { size }) {
    if (size < Math.min(height, width)) return true;
    return `expected a square of fewer than the ${Math.min(height, width)} pixels of an image of ${height} × ${width}, received ${size}`;
  },
  emit(g, images, { parameters: { size }, shape: { height, width }, random }) {
    const [row, column] = drawUniform(g, images, random, 2);
    const isCovered = g.op('And', [
      isWithin(g, wholeBelow(g, row!, height), { axis: 2, length: height, size }),
      isWithin(g, wholeBelow(g, column!, width), { axis: 3, length: width, size }),
    ]);
    const covered = g.op('Where', [isCovered, float(g, 0), images], { name: 'cutout' });
    return { ...covered, shape: images.shape };
  },
};

interface Line {
  /** Of [n, channels, height, width]. */
  readonly axis: 2 | 3;
  readonly length: number;
  readonly size: number;
}

/** Which positions along an axis belong to the `size` pixels around each centre: -⌊size / 2⌋ ≤ position - centre < ⌈size / 2⌉. */
function isWithin(g: GraphBuilder, centre: Value, { axis, length, size }: Line): Value {
  const positions = Float32Array.from({ length }, (_, position) => position);
  const shape = [1, 1, 1, 1].with(axis, length);
  const distance = g.op('Sub', [g.constant(tensor('FP32', shape, positions), 'positions'), centre]);
  const before = Math.floor(size / 2);
  return g.op('And', [
    g.op('GreaterOrEqual', [distance, float(g, -before)]),
    g.op('Less', [distance, float(g, size - before)]),
  ]);
}
