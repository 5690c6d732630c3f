import { normalizeAxis } from '@athanor/tensor';
import { rearrange } from '../../evaluate/move.js';
import { integers, setElement } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { oneOf } from '../attribute-specs.js';
import { areNumbers } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { type Dims, defineOperator } from '../operator.js';

type PadMode = 'constant' | 'reflect' | 'edge' | 'wrap';

/** Of one axis: elements added before and after it; negative ones are removed. */
export interface AxisPad {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

/** Negative pads crop first; then the axis is extended. */
export const pad = defineOperator({
  since: 21,
  attributes: { mode: oneOf('constant', 'reflect', 'edge', 'wrap') },
  inputs: { x: one(), pads: one(), value: optional(), axes: optional() },
  infer({ inputs: { x, axes }, contents }) {
    const pads = axisPads(contents.pads, axes ? contents.axes : 'all', x.shape.length);
    if (!pads) return [{ dtype: x.dtype, shape: x.shape.map(() => '') }];
    const shape: Dim[] = [...x.shape];
    for (const { axis, before, after } of pads) {
      const dim = shape[axis]!;
      if (typeof dim === 'number') shape[axis] = dim + before + after;
      else if (before + after !== 0) shape[axis] = '';
    }
    return [{ dtype: x.dtype, shape }];
  },
  evaluate({ inputs: { x, pads: given, value, axes }, attributes: { mode } }) {
    const pads = axisPads(integers(given), axes ? integers(axes) : 'all', x.shape.length)!;
    const sources = x.shape.map((size): readonly (number | undefined)[] => Array.from({ length: size }, (_, at) => at));
    for (const each of pads) sources[each.axis] = padSources(mode, x.shape[each.axis]!, each);
    const outside: number[] = [];
    let flat = 0;
    const shape = sources.map(({ length }) => length);
    const padded = rearrange(x, shape, index => {
      const from = index.map((at, axis) => sources[axis]![at]);
      const isOutside = from.includes(undefined);
      if (isOutside) outside.push(flat);
      flat++;
      return isOutside ? undefined : (from as number[]);
    });
    if (value) for (const at of outside) setElement(padded.data, at, value.data, 0);
    return [padded];
  },
});

/** undefined if an amount or an axis is not a known number. */
export function axisPads(pads: Dims | undefined, given: Dims | 'all' | undefined, rank: number): AxisPad[] | undefined {
  const axes = given === 'all' ? Array.from({ length: rank }, (_, axis) => axis) : given;
  if (!areNumbers(pads) || !areNumbers(axes)) return undefined;
  return axes.map((axis, index) => ({
    axis: normalizeAxis(axis, rank),
    before: pads[index]!,
    after: pads[axes.length + index]!,
  }));
}

const SOURCE: { readonly [M in PadMode]: (at: number, size: number) => number | undefined } = {
  constant: (at, size) => (at >= 0 && at < size ? at : undefined),
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  wrap: (at, size) => modulo(at, size),
  // The border element is not repeated: 2 1 | 0 1 2 3 | 2 1.
  reflect(at, size) {
    const folded = modulo(at, Math.max(1, 2 * (size - 1)));
    return folded < size ? folded : 2 * (size - 1) - folded;
  },
};

/** For each position of a padded axis the position that it copies; undefined for one that is constant. */
export function padSources(
  mode: PadMode,
  size: number,
  { before, after }: Omit<AxisPad, 'axis'>,
): (number | undefined)[] {
  const cropped = Math.max(0, -before);
  const left = size - cropped - Math.max(0, -after);
  return Array.from({ length: size + before + after }, (_, at) => {
    const source = SOURCE[mode](at - Math.max(0, before), left);
    return source === undefined ? undefined : source + cropped;
  });
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}
