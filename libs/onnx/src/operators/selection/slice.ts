import { normalizeAxis } from '@athanor/tensor';
import { rearrange } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { areNumbers } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The elements of one axis that are taken. */
export interface SliceBound {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Negative bounds count from the end; then bounds are clamped to the axis. */
export const slice = defineOperator({
  since: 13,
  inputs: { x: one(), starts: one(), ends: one(), axes: optional(), steps: optional() },
  infer({ inputs, contents: { starts, ends, axes, steps } }) {
    const isKnown = starts && ends && (!inputs.axes || axes) && (!inputs.steps || steps);
    if (!isKnown) return [{ dtype: inputs.x.dtype, shape: withUnknownSizes(inputs.x.shape, axes) }];
    const shape: Dim[] = [...inputs.x.shape];
    starts.forEach((start, index) => {
      const axis = normalizeAxis(Number(axes?.[index] ?? index), shape.length);
      shape[axis] = sliceDim(shape[axis]!, [start, ends[index]!, steps?.[index] ?? 1]);
    });
    return [{ dtype: inputs.x.dtype, shape }];
  },
  propagate({ contents: { x, starts, ends, steps } }) {
    if (!x || !areNumbers(starts) || !areNumbers(ends) || (steps && !areNumbers(steps))) return [undefined];
    const { start, step, length } = sliceBound(x.length, starts[0]!, ends[0]!, Number(steps?.[0] ?? 1));
    return [Array.from({ length }, (_, index) => x[start + index * step]!)];
  },
  evaluate({ inputs: { x, starts, ends, axes, steps } }) {
    const [from, to] = [integers(starts), integers(ends)];
    const [along, by] = [axes && integers(axes), steps && integers(steps)];
    const bounds = from.map((start, index): SliceBound => {
      const axis = normalizeAxis(along?.[index] ?? index, x.shape.length);
      return { axis, ...sliceBound(x.shape[axis]!, start, to[index]!, by?.[index] ?? 1) };
    });
    const shape = bounds.reduce<readonly number[]>((dims, { axis, length }) => dims.with(axis, length), x.shape);
    const cut = rearrange(x, shape, index =>
      bounds.reduce<readonly number[]>(
        (at, { axis, start, step }) => at.with(axis, start + step * index[axis]!),
        index,
      ),
    );
    return [cut];
  },
});

function sliceDim(dim: Dim, [start, end, step]: readonly [Dim, Dim, Dim]): Dim {
  if (start === 0 && step === 1 && (end === dim || (typeof end === 'number' && end >= 2 ** 31 - 1))) return dim;
  const isKnown = typeof start === 'number' && typeof end === 'number' && typeof step === 'number';
  return typeof dim === 'number' && isKnown ? sliceBound(dim, start, end, step).length : '';
}

/** Of one axis of a known size. */
export function sliceBound(dim: number, start: number, end: number, step: number): Omit<SliceBound, 'axis'> {
  // Backwards, a start before the first element is the first element, and an end before it is -1 (other than in NumPy).
  const [firstEnd, last] = step > 0 ? [0, dim] : [-1, dim - 1];
  const clamp = (value: number, low: number) => Math.min(Math.max(value < 0 ? value + dim : value, low), last);
  const from = clamp(start, 0);
  return { start: from, step, length: Math.max(0, Math.ceil((clamp(end, firstEnd) - from) / step)) };
}

/** Bounds that are computed leave the sizes of their axes unknown. */
function withUnknownSizes(shape: readonly Dim[], axes: readonly Dim[] | undefined): Dim[] {
  const isKnown = axes?.every(axis => typeof axis === 'number');
  const cut = isKnown ? axes?.map(axis => normalizeAxis(Number(axis), shape.length)) : undefined;
  return shape.map((dim, axis) => (cut && !cut.includes(axis) ? dim : ''));
}
