// Random numbers of the images of a batch, in a shape that broadcasts over their channels and pixels.

import type { GraphRandom } from '@athanor/autodiff';
import type { GraphBuilder, Value } from '@athanor/onnx';
import { scalar } from '@athanor/tensor';

export const float = (g: GraphBuilder, value: number): Value => g.constant(scalar('FP32', value), 'float');

/** `count` values FP32 [n, 1, 1, 1], uniform in [0, 1), for images [n, …]. */
export function drawUniform(
  g: GraphBuilder,
  images: Value,
  random: Pick<GraphRandom, 'uniform'>,
  count: number,
): Value[] {
  if (count === 0) return [];
  const drawn = g.op('Reshape', [random.uniform(g, images, count), g.axes([-1, count, 1, 1])], { name: 'drawn' });
  if (count === 1) return [drawn];
  return Array.from({ length: count }, (_, index) =>
    g.op('Gather', [drawn, g.axes([index])], { name: 'drawn', attributes: { axis: 1 } }),
  );
}

/**
 * ⌊u · count⌋ as FP32, a whole number from 0 to count - 1: the largest u is 1 - 2^-24, and its product is nearer to the
 * number below `count` than to `count`, for every count of up to 2^24.
 */
export function wholeBelow(g: GraphBuilder, uniform: Value, count: number): Value {
  return g.op('Floor', [g.op('Mul', [uniform, float(g, count)])]);
}

/** r (2u - 1): uniform in [-r, r). */
export function symmetric(g: GraphBuilder, uniform: Value, range: number): Value {
  const centred = g.op('Sub', [g.op('Mul', [uniform, float(g, 2)]), float(g, 1)]);
  return g.op('Mul', [centred, float(g, range)]);
}
