import type { VectorValues } from '@athanor/data';
import type { GraphBuilder, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { z } from 'zod';
import type { Fitter, ImageShape, Transform } from './transform.js';
import { acceptsVector, shapeOf } from './vectors/elements.js';

const MAX_CHANNELS = 4;

const parameters = z.strictObject({
  normalize: z
    .enum(['standard', 'unit'])
    .default('standard')
    .describe(
      'standard: each channel minus its mean, divided by its deviation in the training split; unit: to [0, 1].',
    ),
  means: z
    .array(z.number().min(0).max(1))
    .max(MAX_CHANNELS)
    .default([])
    .describe("Of pixels in [0, 1] by channel, with which another model was trained; empty: the training split's."),
  deviations: z.array(z.number().positive()).max(MAX_CHANNELS).default([]).describe('Belong to the means.'),
});

type Fitted = {
  readonly shape: readonly number[];
  /** Of pixels in [0, 1], one per channel. */
  readonly means: readonly number[];
  readonly deviations: readonly number[];
};

/** UINT8 [n, height, width] or [n, height, width, channels] to FP32 [n, channels, height, width]. */
export const image: Transform<z.output<typeof parameters>, Fitted> = {
  kind: 'image',
  version: 1,
  summary: 'Images of UINT8 pixels for convolutions: normalized channel by channel, their rows and columns kept.',
  parameters,
  accepts(columns, { means, deviations }) {
    const accepted = acceptsVector('UINT8 image', columns, isImage);
    const given = [means.length, deviations.length];
    if (accepted !== true || given.every(count => count === 0)) return accepted;
    const { channels } = imageShape(shapeOf(columns[0]!));
    if (given.every(count => count === channels)) return true;
    return `expected ${channels} means and ${channels} deviations, one of each channel, received ${given.join(' and ')}`;
  },
  fitter: ([column], { normalize, means, deviations }) => {
    const shape = shapeOf(column!);
    if (means.length > 0) return { add() {}, end: () => ({ shape, means, deviations }) };
    return normalize === 'unit' ? unitFitter(shape) : standardFitter(shape);
  },
  emit(g, [raw], { shape, means, deviations }) {
    const { channels, height, width } = imageShape(shape);
    const scaled = g.op('Mul', [
      g.op('Cast', [raw], { name: 'pixels', attributes: { to: 'FP32' } }),
      perChannel(g, deviations, each => 1 / (255 * each)),
    ]);
    const shifted = g.op('Sub', [scaled, perChannel(g, means, (each, at) => each / deviations[at]!)], {
      name: 'normalized',
    });
    return { kind: 'image', value: channelsFirst(g, shifted, shape), shape: { channels, height, width } };
  },
  inStep: true,
};

/** Whether a vector is [height, width] or [height, width, channels]. */
export function isImage(dtype: string, shape: readonly number[]): boolean {
  return dtype === 'UINT8' && (shape.length === 2 || (shape.length === 3 && shape[2]! <= MAX_CHANNELS));
}

export function imageShape([height = 1, width = 1, channels = 1]: readonly number[]): ImageShape {
  return { channels, height, width };
}

/** Broadcasts over the last axis, which is that of the channels; a scalar without such an axis. */
function perChannel(g: GraphBuilder, values: readonly number[], of: (value: number, at: number) => number): Value {
  const shape = values.length === 1 ? [] : [values.length];
  return g.constant(tensor('FP32', shape, Float32Array.from(values, of)), 'channel');
}

function channelsFirst(g: GraphBuilder, x: Value, shape: readonly number[]): Value {
  const { channels, height, width } = imageShape(shape);
  if (channels === 1) return g.op('Reshape', [x, g.axes([-1, 1, height, width])], { name: 'image' });
  return g.op('Transpose', [x], { name: 'image', attributes: { perm: [0, 3, 1, 2] } });
}

function unitFitter(shape: readonly number[]): Fitter<Fitted> {
  const { channels } = imageShape(shape);
  const fill = (value: number) => new Array<number>(channels).fill(value);
  return { add() {}, end: () => ({ shape, means: fill(0), deviations: fill(1) }) };
}

/** Sums of whole numbers: exact, so that the order of the rows does not change the result. */
function standardFitter(shape: readonly number[]): Fitter<Fitted> {
  const { channels } = imageShape(shape);
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  return {
    add([batch]) {
      const pixels = (batch as VectorValues).tensor.data as Uint8Array;
      for (let i = 0; i < pixels.length; i++) {
        const [pixel, channel] = [pixels[i]!, i % channels];
        sums[channel]! += pixel;
        squares[channel]! += pixel * pixel;
      }
      count += pixels.length / channels;
    },
    end() {
      const means = Array.from(sums, sum => sum / count / 255);
      // An image of one colour has no deviation.
      const deviations = Array.from(
        squares,
        (square, at) => Math.sqrt(Math.max(0, square / count / 255 ** 2 - means[at]! ** 2)) || 1,
      );
      return { shape, means, deviations };
    },
  };
}
