import { areNumbers, type GraphBuilder, type SliceBound, sliceBound, type Value } from '@athanor/onnx';
import { int64, normalizeAxis } from '@athanor/tensor';
import { add, mul, reshapeTo, sub, zerosLike } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient, type GradientCall } from '../gradient.js';
import { place } from '../layout/place.js';

/** Zeros around the gradient, and between its elements where a step is larger than 1. */
export const gradient = defineGradient('Slice', {
  backward(call) {
    const { g, inputs, outputs, dy } = call;
    const cuts = cutsOf(call).filter(({ axis, start, step }) => {
      const isWhole = inputs.x.shape[axis] === outputs[0]!.shape[axis] && inputs.x.shape[axis] !== '';
      return !(isWhole && start === 0 && step === 1);
    });
    const bounds = cuts.map(({ axis, start, end, step }) => {
      const dim = inputs.x.shape[axis]!;
      return typeof dim === 'number' ? { axis, ...sliceBound(dim, start, end, step) } : undefined;
    });
    const placed = bounds.every(bound => bound !== undefined)
      ? placeInSteps(g, dy, inputs.x, bounds)
      : placeBySizes(call, cuts);
    return { x: { ...placed, shape: inputs.x.shape } };
  },
  cases: [
    { inputs: [[4, 5], int64([2], [1, 0]), int64([2], [3, 4])] },
    { inputs: [[4, 7], int64([1], [1]), int64([1], [2 ** 31]), int64([1], [-1]), int64([1], [3])] },
    { inputs: [[4, 7], int64([2], [-1, 5]), int64([2], [-(2 ** 31), 0]), int64([2], [0, 1]), int64([2], [-1, -2])] },
    { inputs: [[3, 2], int64([1], [-4]), int64([1], [-9]), int64([1], [1]), int64([1], [-1])] },
    { inputs: [[2, 6], int64([1], [-4]), int64([1], [-1]), int64([1], [1])], symbolic: true },
    { inputs: [[5, 2], int64([1], [-3]), int64([1], [-1]), int64([1], [0])], symbolic: true },
    { inputs: [[5, 2, 3], int64([2], [1, 2]), int64([2], [2 ** 31, 3]), int64([2], [0, 2])], symbolic: true },
  ],
});

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function cutsOf({ inputs, contents }: GradientCall<'Slice'>): Cut[] {
  const { starts, ends } = contents;
  const axes = inputs.axes ? contents.axes : starts?.map((_, index) => index);
  const steps = inputs.steps ? contents.steps : starts?.map(() => 1);
  if (!areNumbers(starts) || !areNumbers(ends) || !areNumbers(axes) || !areNumbers(steps)) {
    throw new GradientError('Slice needs constant bounds to be differentiated');
  }
  return starts.map((start, index) => ({
    axis: normalizeAxis(axes[index]!, inputs.x.shape.length),
    start,
    end: ends[index]!,
    step: steps[index]!,
  }));
}

function placeInSteps(g: GraphBuilder, dy: Value, x: Value, given: readonly SliceBound[]): Value {
  if (given.some(({ length }) => length === 0)) return zerosLike(g, x);
  const backward = given.filter(({ step }) => step < 0).map(({ axis }) => axis);
  const bounds = given.map(bound => (bound.step < 0 ? reversed(bound) : bound));
  const spread = dilate(g, reverse(g, dy, backward), bounds);
  const pads = bounds.map(({ axis, start, step, length }) => {
    return { axis, before: start, after: (x.shape[axis] as number) - start - step * length };
  });
  return place(g, spread, pads);
}

function reversed({ axis, start, step, length }: SliceBound): SliceBound {
  return { axis, start: start + step * (length - 1), step: -step, length };
}

function reverse(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  const all = (value: number) => g.axes(axes.map(() => value));
  return g.op('Slice', [x, all(-1), all(-(2 ** 31)), g.axes(axes), all(-1)]);
}

// step - 1 zeros after each element: they are padded along a new axis.
function dilate(g: GraphBuilder, x: Value, bounds: readonly SliceBound[]): Value {
  const spread = bounds.filter(({ step }) => step > 1);
  if (spread.length === 0) return x;
  const stepOf = (axis: number) => spread.find(each => each.axis === axis)?.step;
  const shape = x.shape.flatMap((dim, axis) => (stepOf(axis) === undefined ? [dim] : [dim, 1]));
  const after = x.shape.flatMap((_, axis) => (stepOf(axis) === undefined ? [0] : [0, stepOf(axis)! - 1]));
  const apart = place(
    g,
    reshapeTo(g, x, shape),
    after.map((each, axis) => ({ axis, before: 0, after: each })),
  );
  const wide = x.shape.map((dim, axis) => (typeof dim === 'number' ? dim * (stepOf(axis) ?? 1) : dim));
  return reshapeTo(g, apart, wide);
}

// Of axes whose size is known in a run only: before = clamp(start), after = size - before - length.
function placeBySizes({ g, inputs: { x }, outputs: [y], dy }: GradientCall<'Slice'>, cuts: readonly Cut[]): Value {
  if (cuts.some(({ step }) => step !== 1)) throw new GradientError('Slice in steps along an axis of unknown size');
  const startOf = (axis: number) => cuts.find(each => each.axis === axis)?.start ?? 0;
  const sizes = g.op('Shape', [x]);
  const fromEnd = mul(g, sizes, g.axes(x.shape.map((_, axis) => Number(startOf(axis) < 0))));
  const started = add(g, fromEnd, g.axes(x.shape.map((_, axis) => startOf(axis))));
  const before = g.op('Min', [g.op('Max', [started, g.axes(x.shape.map(() => 0))]), sizes]);
  const after = sub(g, sub(g, sizes, before), g.op('Shape', [y]));
  return g.op('Pad', [dy, g.op('Concat', [before, after], { attributes: { axis: 0 } })]);
}
