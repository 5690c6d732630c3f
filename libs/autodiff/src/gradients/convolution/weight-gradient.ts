import type { GraphBuilder, Value } from '@athanor/onnx';
import { type Tensor, tensor } from '@athanor/tensor';
import { sum, transpose } from '../../emit.js';
import { type Geometry, spatialSizes } from './geometry.js';

interface Operands {
  readonly x: Value;
  readonly w: Value;
  readonly dy: Value;
}

/**
 * dW[o, c, k] = Σ x[n, c, p·stride + k·dilation - pad] · dY[n, o, p] over n and p: itself a convolution, of x by dY, with the
 * batch as channels and stride and dilation exchanged.
 */
export function weightGradient(g: GraphBuilder, { x, w, dy }: Operands, { axes, group }: Geometry): Value {
  const byBatch = dy.shape
    .map((_, axis) => axis)
    .with(0, 1)
    .with(1, 0);
  const attributes = {
    strides: axes.map(({ dilation }) => dilation),
    dilations: axes.map(({ stride }) => stride),
    pads: [...axes.map(({ padBefore }) => padBefore), ...axes.map(({ padAfter }) => padAfter)],
    group,
  };
  const full = g.op('Conv', [channelsAsBatch(g, x, group), transpose(g, dy, byBatch)], { attributes });
  // More places than taps, if the last elements are in no window.
  const kernel = axes.map(each => each.kernel);
  const isExact = kernel.every((size, at) => full.shape[at + 2] === size);
  const spatial = kernel.map((_, at) => at + 2);
  const taps = isExact ? full : g.op('Slice', [full, g.axes(kernel.map(() => 0)), g.axes(kernel), g.axes(spatial)]);
  return { ...transpose(g, taps, byBatch), shape: w.shape };
}

/** [n, group·c, …] as [c, group·n, …]. */
function channelsAsBatch(g: GraphBuilder, x: Value, group: number): Value {
  const rest = x.shape.slice(2).map((_, at) => at + 2);
  if (group === 1) return transpose(g, x, [1, 0, ...rest]);
  const sizes = spatialSizes(x);
  const perGroup = (x.shape[1] as number) / group;
  const grouped = g.op('Reshape', [x, g.axes([0, group, perGroup, ...sizes])]);
  const swapped = transpose(g, grouped, [2, 1, 0, ...rest.map(axis => axis + 1)]);
  return g.op('Reshape', [swapped, g.axes([perGroup, -1, ...sizes])]);
}

/** Rows of the padded operand in channels-last order, one per place and tap: [n, places, taps·c]. */
function im2col(g: GraphBuilder, x: Value, { axes }: Geometry): Value {
  const [channels, sizes] = [x.shape[1] as number, spatialSizes(x)];
  const last = transpose(g, x, [0, ...axes.map((_, at) => at + 2), 1]);
  const isPadded = axes.some(({ padBefore, padAfter }) => padBefore + padAfter > 0);
  const around = (pick: 'padBefore' | 'padAfter') => [0, ...axes.map(axis => axis[pick]), 0];
  const extents = axes.map(({ padBefore, padAfter }, at) => sizes[at]! + padBefore + padAfter);
  const padded = isPadded ? g.op('Pad', [last, g.axes([...around('padBefore'), ...around('padAfter')])]) : last;
  const rows = g.op('Reshape', [padded, g.axes([0, extents.reduce((a, b) => a * b), channels])]);
  const positions = tapPositions(axes, extents);
  const gathered = g.op('Gather', [rows, g.constant(positions.indices, 'taps')], { attributes: { axis: 1 } });
  return g.op('Reshape', [gathered, g.axes([0, positions.places, positions.taps * channels])]);
}

interface TapPositions {
  readonly indices: Tensor<'INT32'>;
  readonly places: number;
  readonly taps: number;
}

/** For each place of the window and each tap: the position in the flattened, padded axes. */
function tapPositions(axes: Geometry['axes'], extents: readonly number[]): TapPositions {
  const counts = axes.map(
    ({ kernel, stride, dilation }, at) => Math.floor((extents[at]! - (kernel - 1) * dilation - 1) / stride) + 1,
  );
  const along = (shape: readonly number[], step: readonly number[]): number[] =>
    shape.reduce<number[]>(
      (positions, count, at) =>
        positions.flatMap(position => Array.from({ length: count }, (_, k) => position * extents[at]! + k * step[at]!)),
      [0],
    );
  const places = along(
    counts,
    axes.map(({ stride }) => stride),
  );
  const taps = along(
    axes.map(({ kernel }) => kernel),
    axes.map(({ dilation }) => dilation),
  );
  const indices = Int32Array.from(places.flatMap(place => taps.map(tap => place + tap)));
  return { indices: tensor('INT32', [indices.length], indices), places: places.length, taps: taps.length };
}

/**
 * On ONNX Runtime's CPU provider the convolution by a kernel of the size of dY is several times slower than one Gather
 * of channels-last rows and a matrix product per row of the batch. Groups of one channel are a product and a sum.
 */
export function weightGradientByRows(g: GraphBuilder, operands: Operands, geometry: Geometry): Value {
  const { x, w, dy } = operands;
  const { group, axes } = geometry;
  const isDepthwise = group > 1 && group === x.shape[1] && group === dy.shape[1];
  if (group > 1 && !isDepthwise) return weightGradient(g, operands, geometry);
  const columns = im2col(g, x, geometry);
  const kernel = axes.map(each => each.kernel);
  const taps = kernel.reduce((a, b) => a * b);
  const spatial = kernel.map((_, at) => at + 2);
  const [outputs, channels] = [w.shape[0] as number, x.shape[1] as number];
  const places = columns.shape[1] as number;
  const gradient = g.op('Reshape', [dy, g.axes([0, outputs, places])]);
  if (isDepthwise) {
    const rows = g.op('Reshape', [columns, g.axes([0, places, taps, channels])]);
    const weighted = g.op('Mul', [rows, g.op('Unsqueeze', [transpose(g, gradient, [0, 2, 1]), g.axes([2])])]);
    const summed = sum(g, weighted, [0, 1], false);
    return g.op('Reshape', [transpose(g, summed, [1, 0]), g.axes(w.shape as number[])]);
  }
  const perRow = g.op('MatMul', [gradient, columns]);
  const byTap = g.op('Reshape', [sum(g, perRow, [0], false), g.axes([outputs, ...kernel, channels])]);
  return transpose(g, byTap, [0, kernel.length + 1, ...spatial.map(axis => axis - 1)]);
}
