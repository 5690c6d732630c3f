import type { GraphBuilder, Value } from '@athanor/onnx';
import { z } from 'zod';
import type { Augmentation } from './augmentation.js';
import { drawUniform, float, symmetric } from './draws.js';

const parameters = z.strictObject({
  brightness: z
    .number()
    .min(0)
    .max(10)
    .default(0.2)
    .describe('Maximum b that is added to or taken from all values; with the normalization standard in deviations.'),
  contrast: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('Distances from the mean of an image are multiplied by a factor of 1 - contrast to 1 + contrast.'),
  saturation: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('Distances of a pixel from its own grey are multiplied by a factor of 1 - saturation to 1 + saturation.'),
});

/**
 * Colour jitter (Howard 2013, as in torchvision), of normalized values: x + b, then m + f (x - m) with the mean m of an image,
 * then y + f (x - y) with the mean y of the channels of a pixel. b and f are uniform in their ranges, one of each per image. All
 * channels are treated alike, and nothing is clipped, since normalized values have no limits.
 */
export const color: Augmentation<z.output<typeof parameters>> = {
  kind: 'color',
  version: 1,
  summary: 'Changes brightness, contrast and saturation of images at random.',
  parameters,
  emit(g, images, { parameters: { brightness, contrast, saturation }, shape, random }) {
    const changes = [
      { range: brightness, apply: addTo },
      { range: contrast, apply: spreadFrom([1, 2, 3]) },
      // An image of one channel is grey.
      { range: shape.channels > 1 ? saturation : 0, apply: spreadFrom([1]) },
    ].filter(({ range }) => range > 0);
    const drawn = drawUniform(g, images, random, changes.length);
    return changes.reduce((x, { range, apply }, index) => apply(g, x, symmetric(g, drawn[index]!, range)), images);
  },
};

type Change = (g: GraphBuilder, x: Value, drawn: Value) => Value;

const addTo: Change = (g, x, drawn) => g.op('Add', [x, drawn], { name: 'brightness' });

/** m + (1 + drawn)(x - m) with the mean m over `axes`. */
function spreadFrom(axes: readonly number[]): Change {
  return (g, x, drawn) => {
    const mean = g.op('ReduceMean', [x, g.axes(axes)], { name: 'mean' });
    const factor = g.op('Add', [drawn, float(g, 1)]);
    return g.op('Add', [mean, g.op('Mul', [factor, g.op('Sub', [x, mean])])], { name: 'spread' });
  };
}
