import { z } from 'zod';
import type { Augmentation } from './augmentation.js';
import { drawUniform, float } from './draws.js';

const probability = z.number().min(0).max(1);

const parameters = z.strictObject({
  horizontal: probability.default(0.5).describe('Probability with which an image is mirrored, left to right.'),
  vertical: probability.default(0).describe('Probability with which an image is turned upside down.'),
});

/** Krizhevsky, Sutskever, Hinton 2012, §4.1. */
export const flip: Augmentation<z.output<typeof parameters>> = {
  kind: 'flip',
  version: 1,
  summary: 'Mirrors images at random. Not for images whose class depends on left and right, such as digits.',
  parameters,
  emit(g, images, { parameters: { horizontal, vertical }, shape, random }) {
    const flips = [
      { axis: 3, size: shape.width, chance: horizontal },
      { axis: 2, size: shape.height, chance: vertical },
    ].filter(({ chance }) => chance > 0);
    const drawn = drawUniform(g, images, random, flips.length);
    return flips.reduce((x, { axis, size, chance }, index) => {
      // From the last element to the one before the first.
      const bounds = [[-1], [-size - 1], [axis], [-1]].map(each => g.axes(each));
      const flipped = g.op('Slice', [x, ...bounds], { name: 'flipped' });
      return g.op('Where', [g.op('Less', [drawn[index], float(g, chance)]), flipped, x], { name: 'flip' });
    }, images);
  },
};
