import { int64 } from '@athanor/tensor';
import { z } from 'zod';
import type { Augmentation } from './augmentation.js';
import { drawUniform, float, wholeBelow } from './draws.js';

const parameters = z.strictObject({
  padding: z
    .int()
    .min(1)
    .max(256)
    .default(4)
    .describe('Pixels of zeros around an image before it is cut out at a random place: it shifts by up to as many.'),
});

/**
 * He, Zhang, Ren, Sun 2016, §4.2: the image is padded on all sides and cut out again at its own size. Zero is the mean colour
 * after the normalization `standard` of the transform `image`, and black after `unit`.
 */
export const crop: Augmentation<z.output<typeof parameters>> = {
  kind: 'crop',
  version: 1,
  summary: 'Shifts images at random: they are padded with zeros and cut out at their own size.',
  parameters,
  accepts({ height, width }, { padding }) {
    if (padding < Math.min(height, width)) return true;
    return `expected a padding of fewer than the ${Math.min(height, width)} pixels of an image of ${height} × ${width}, received ${padding}`;
  },
  emit(g, images, { parameters: { padding }, shape: { channels, height, width }, random }) {
    const [rows, columns] = [height + 2 * padding, width + 2 * padding];
    const padded = g.op('Pad', [images, g.axes([0, 0, padding, padding, 0, 0, padding, padding])], { name: 'padded' });
    const [down, right] = drawUniform(g, images, random, 2).map(each => wholeBelow(g, each, 2 * padding + 1));
    // Of its first pixel among those of a padded channel: whole numbers that FP32 has exactly.
    const first = g.op('Add', [g.op('Mul', [down, float(g, columns)]), right]);
    const begins = g.op('Reshape', [
      g.op('Cast', [first], { name: 'first', attributes: { to: 'INT64' } }),
      g.axes([-1, 1, 1]),
    ]);
    const pixels = Array.from({ length: height * width }, (_, i) => Math.floor(i / width) * columns + (i % width));
    const taken = g.op('Add', [begins, g.constant(int64([pixels.length], pixels), 'pixels')]);
    const indices = g.op('Expand', [taken, g.axes([1, channels, 1])], { name: 'taken' });
    const flat = g.op('Reshape', [padded, g.axes([-1, channels, rows * columns])]);
    const cut = g.op('GatherElements', [flat, indices], { name: 'cut', attributes: { axis: 2 } });
    const cropped = g.op('Reshape', [cut, g.axes([-1, channels, height, width])], { name: 'crop' });
    return { ...cropped, shape: images.shape };
  },
};
