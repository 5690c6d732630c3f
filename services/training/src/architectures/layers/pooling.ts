import { fixed, type Layer } from './layer.js';

/** The largest of each `size` × `size` pixels, without overlap. */
export function maxPooling(size: number): Layer {
  const attributes = { kernel_shape: [size, size], strides: [size, size] };
  return fixed(({ g, random }, x) => {
    // The positions of the largest are what the gradient needs; a served model does without them.
    const outputs = random === undefined ? 1 : 2;
    return g.ops('MaxPool', [x], { attributes, outputs, name: 'pool' })[0]!;
  });
}

/** The mean over all pixels: [n, channels, height, width] to [n, channels]. */
export const globalAverage: Layer = fixed(({ g }, x) =>
  g.op('Flatten', [g.op('GlobalAveragePool', [x], { name: 'average' })], { name: 'features' }),
);

/** [n, channels, height, width] to [n, channels · height · width]. */
export const flatten: Layer = fixed(({ g }, x) => g.op('Flatten', [x], { name: 'features' }));
