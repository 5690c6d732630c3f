import { type GraphBuilder, interpolation, resizedAxes, type Value } from '@athanor/onnx';
import { int64, tensor } from '@athanor/tensor';
import { matrix, reshapeTo, sum } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient, type GradientCall } from '../gradient.js';

/**
 * Resizing is linear: along each axis a product with a constant matrix of weights, whose transpose takes the gradient
 * back. Where each element was repeated equally often, that is a sum over the copies.
 */
export const gradient = defineGradient('Resize', {
  backward(call) {
    const { g, inputs, dy } = call;
    const axes = weightsOf(call);
    const isRepeated = axes.every(({ weights }) => repetitions(weights) !== undefined);
    const dx = isRepeated
      ? sumOfCopies(g, dy, inputs.x, axes)
      : axes.reduce((gradient, axis) => contract(g, gradient, axis), dy);
    return { x: { ...dx, shape: inputs.x.shape } };
  },
  cases: [
    { inputs: [[2, 3, 2, 3], undefined, floats(1, 1, 2, 2)] },
    {
      inputs: [[2, 3, 2, 3], undefined, floats(1, 1, 2, 3)],
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      symbolic: true,
    },
    {
      inputs: [[1, 2, 4, 5], undefined, undefined, int64([4], [1, 2, 7, 3])],
      attributes: { coordinate_transformation_mode: 'align_corners', nearest_mode: 'round_prefer_ceil' },
    },
    { inputs: [[1, 2, 4, 5], undefined, undefined, int64([4], [1, 2, 7, 3])], attributes: { mode: 'linear' } },
    {
      inputs: [[2, 2, 3, 4], undefined, undefined, int64([2], [5, 1])],
      attributes: { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel', axes: [2, 3] },
      symbolic: true,
    },
    {
      inputs: [[1, 2, 3, 4], undefined, floats(1, 1, 2, 0.5)],
      attributes: { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
    },
    {
      inputs: [[1, 1, 3, 4], undefined, floats(1, 1, 2, 1.5)],
      attributes: { mode: 'linear', coordinate_transformation_mode: 'asymmetric' },
    },
  ],
});

function floats(...values: number[]) {
  return tensor('FP32', [values.length], Float32Array.from(values));
}

interface AxisWeights {
  readonly axis: number;
  /** For each position of the result, a weight for each position of the operand. */
  readonly weights: readonly (readonly number[])[];
}

function weightsOf({
  inputs: { x },
  outputs: [y],
  attributes,
  contents: { scales },
}: GradientCall<'Resize'>): AxisWeights[] {
  const given = scales?.length ? scales : undefined;
  const axes = resizedAxes(attributes.axes, x.shape.length);
  return axes.flatMap((axis, index): AxisWeights[] => {
    const [size, resized] = [x.shape[axis]!, y!.shape[axis]!];
    if (given?.[index] === 1 || (!given && size === resized && size !== '')) return [];
    if (typeof size !== 'number' || typeof resized !== 'number') {
      throw new GradientError(`Resize from size ${size || '?'} to ${resized || '?'}: both must be known`);
    }
    const scale = Number(given?.[index] ?? resized / size);
    return [{ axis, weights: dense(attributes, { size, resized, scale }) }];
  });
}

function dense(
  attributes: GradientCall<'Resize'>['attributes'],
  axis: Parameters<typeof interpolation>[1],
): number[][] {
  return interpolation(attributes, axis).map(taps => {
    const row = new Array<number>(axis.size).fill(0);
    for (const [position, weight] of taps) row[position]! += weight;
    return row;
  });
}

/** How often each element is repeated; undefined if not equally often, in order. */
function repetitions(weights: AxisWeights['weights']): number | undefined {
  const times = weights.length / weights[0]!.length;
  const isRepeated = weights.every((row, at) => row[Math.floor(at / times)] === 1);
  return Number.isInteger(times) && isRepeated ? times : undefined;
}

function sumOfCopies(g: GraphBuilder, dy: Value, x: Value, axes: readonly AxisWeights[]): Value {
  const copies: number[] = [];
  const apart = x.shape.flatMap((dim, axis) => {
    const weights = axes.find(each => each.axis === axis)?.weights;
    if (!weights) return [dim];
    copies.push(axis + copies.length + 1);
    return [dim, repetitions(weights)!];
  });
  return copies.length === 0 ? dy : sum(g, reshapeTo(g, dy, apart), copies, false);
}

/** Σ dy[…, j, …] · weights[j][i] along an axis: a product from the right for the last axis, from the left for others. */
function contract(g: GraphBuilder, dy: Value, { axis, weights }: AxisWeights): Value {
  if (axis === dy.shape.length - 1) return g.op('MatMul', [dy, matrix(g, dy.dtype, weights)]);
  const transposed = weights[0]!.map((_, column) => weights.map(row => row[column]!));
  const left = matrix(g, dy.dtype, transposed);
  if (axis === dy.shape.length - 2) return g.op('MatMul', [left, dy]);
  const inner = dy.shape.slice(axis + 1).reduce<number>((count, dim) => {
    if (typeof dim !== 'number') throw new GradientError('Resize along an axis before one of unknown size');
    return count * dim;
  }, 1);
  const rows = reshapeTo(g, dy, [...dy.shape.slice(0, axis), weights.length, inner]);
  const product = g.op('MatMul', [left, rows]);
  return reshapeTo(g, product, dy.shape.with(axis, transposed.length));
}
