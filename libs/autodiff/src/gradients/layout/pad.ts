import { type AxisPad, axisPads, type GraphBuilder, padSources, type Value } from '@athanor/onnx';
import { int64, scalar as scalarTensor } from '@athanor/tensor';
import { reshapeLike, sub, sum } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient, type GradientCall } from '../gradient.js';
import { place } from './place.js';

/** Around a constant the opposite padding; else each element gets the sum of the gradients of its copies. */
export const gradient = defineGradient('Pad', {
  backward(call) {
    const {
      g,
      inputs: { x, value },
      attributes: { mode },
      wanted,
      dy,
    } = call;
    const dx = { ...(mode === 'constant' ? cropped(call) : folded(call)), shape: x.shape };
    const total = (of: Value) => g.op('ReduceSum', [of], { attributes: { keepdims: false } });
    return {
      x: wanted.x ? dx : undefined,
      value: value && wanted.value ? reshapeLike(g, sub(g, total(dy), total(dx)), value) : undefined,
    };
  },
  cases: [
    { inputs: [[2, 3], int64([4], [1, 0, 2, 3])] },
    { inputs: [[4, 3], int64([4], [-1, 2, 1, -2]), scalarTensor('FP64', 0.5)] },
    { inputs: [[2, 3], int64([2], [1, 2]), [], int64([1], [-1])] },
    { inputs: [[3, 4], int64([4], [0, 1, 0, 2])], symbolic: true },
    { inputs: [[4, 5], int64([4], [2, 0, 1, 3])], attributes: { mode: 'reflect' } },
    { inputs: [[1, 3, 4], int64([6], [0, 2, 1, 0, 1, 3])], attributes: { mode: 'edge' } },
    { inputs: [[3, 4], int64([4], [2, 0, 1, 3])], attributes: { mode: 'wrap' } },
    { inputs: [[5, 4], int64([2], [-1, 2]), undefined, int64([1], [0])], attributes: { mode: 'edge' } },
    { inputs: [[5, 4], int64([4], [-1, 2, 2, -1])], attributes: { mode: 'reflect' } },
    { inputs: [[5, 4], int64([4], [-1, 2, 2, -1])], attributes: { mode: 'wrap' } },
  ],
});

function cropped({ g, inputs: { pads, axes }, contents, dy }: GradientCall<'Pad'>): Value {
  const isKnown = contents.pads?.every(each => typeof each === 'number');
  const opposite = isKnown ? g.axes(contents.pads!.map(each => -Number(each))) : g.op('Neg', [pads]);
  return g.op('Pad', axes ? [dy, opposite, undefined, axes] : [dy, opposite]);
}

function folded({ g, inputs: { x, axes }, attributes: { mode }, contents, dy }: GradientCall<'Pad'>): Value {
  const pads = axisPads(contents.pads, axes ? contents.axes : 'all', x.shape.length);
  if (!pads) throw new GradientError(`Pad by ${mode} needs constant pads to be differentiated`);
  return pads
    .filter(({ before, after }) => before !== 0 || after !== 0)
    .reduce((gradient, each) => fold(g, gradient, each, sourcesOf(x, mode, each)), dy);
}

interface Sources {
  readonly size: number;
  readonly positions: readonly number[];
}

function sourcesOf(x: Value, mode: 'constant' | 'reflect' | 'edge' | 'wrap', pad: AxisPad): Sources {
  const size = x.shape[pad.axis]!;
  if (typeof size !== 'number') throw new GradientError(`Pad by ${mode} along an axis of unknown size`);
  return { size, positions: padSources(mode, size, pad) as number[] };
}

/** A stretch of copies whose sources are `slope` apart: 1 in order, -1 reversed, 0 the same one. */
interface Run {
  readonly first: number;
  readonly length: number;
  readonly slope: number;
}

function fold(g: GraphBuilder, dy: Value, { axis }: AxisPad, { size, positions }: Sources): Value {
  if (positions.length === 0) return place(g, dy, [{ axis, before: size, after: 0 }]);
  const parts = runsOf(positions).map(({ first, length, slope }) => {
    const run = sliced(g, dy, axis, { first, length, slope });
    const start = Math.min(positions[first]!, positions[first + length - 1]!);
    const taken = slope === 0 ? 1 : length;
    return place(g, slope === 0 ? sum(g, run, [axis], true) : run, [
      { axis, before: start, after: size - start - taken },
    ]);
  });
  return parts.length === 1 ? parts[0]! : g.op('Sum', parts);
}

function runsOf(positions: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let first = 0; first < positions.length; ) {
    const step = (at: number) => positions[at + 1]! - positions[at]!;
    const slope = first + 1 < positions.length && Math.abs(step(first)) <= 1 ? step(first) : 1;
    let last = first;
    while (last + 1 < positions.length && step(last) === slope) last++;
    runs.push({ first, length: last - first + 1, slope });
    first = last + 1;
  }
  return runs;
}

function sliced(g: GraphBuilder, x: Value, axis: number, { first, length, slope }: Run): Value {
  if (slope >= 0) return g.op('Slice', [x, g.axes([first]), g.axes([first + length]), g.axes([axis])]);
  const beforeFirst = first === 0 ? -(2 ** 31) : first - 1;
  return g.op('Slice', [x, g.axes([first + length - 1]), g.axes([beforeFirst]), g.axes([axis]), g.axes([-1])]);
}
