import { elementCount } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { reshaped } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { flag } from '../attribute-specs.js';
import { describe, staticCount } from '../dims.js';
import { one } from '../input-specs.js';
import { type Dims, defineOperator } from '../operator.js';

/** A size of 0 is copied from the operand, unless allowzero; one size may be -1: what is left. */
export const reshape = defineOperator({
  since: 21,
  attributes: { allowzero: flag(false) },
  inputs: { x: one(), shape: one() },
  infer({ op, inputs: { x, shape }, attributes: { allowzero }, contents }) {
    if (!contents.shape) return [{ dtype: x.dtype, shape: unknownShape(op, shape.shape) }];
    const copied = contents.shape.map((dim, axis) => (dim === 0 && !allowzero ? (x.shape[axis] ?? '') : dim));
    const open = copied.indexOf(-1);
    const target = open < 0 ? copied : copied.with(open, openDim(x.shape, copied.toSpliced(open, 1)));
    const [from, to] = [staticCount(x.shape), staticCount(target)];
    if (from !== undefined && to !== undefined && from !== to) {
      throw new TypeInferenceError(`${op} of ${describe(x)} to [${contents.shape.join(',')}]`);
    }
    return [{ dtype: x.dtype, shape: target }];
  },
  propagate: ({ inputs, contents }) => [inputs.x.shape.length <= 1 ? contents.x : undefined],
  evaluate({ inputs: { x, shape }, attributes: { allowzero } }) {
    const target = integers(shape).map((dim, axis) => (dim === 0 && !allowzero ? x.shape[axis]! : dim));
    const open = target.indexOf(-1);
    if (open < 0) return [reshaped(x, target)];
    return [reshaped(x, target.with(open, elementCount(x.shape) / elementCount(target.toSpliced(open, 1))))];
  },
});

/** The shape of a result whose rank is all that is known. */
export function unknownShape(op: string, shapeOfShape: Dims): Dim[] {
  const [rank] = shapeOfShape;
  if (typeof rank !== 'number') throw new TypeInferenceError(`${op} needs a shape of known length`);
  return new Array<Dim>(rank).fill('');
}

// The -1: the operand's sizes divided by those of the target; equal symbols cancel.
function openDim(from: Dims, to: Dims): Dim {
  const symbols = from.filter(dim => typeof dim === 'string');
  for (const dim of to) {
    if (typeof dim !== 'string') continue;
    const found = symbols.indexOf(dim);
    if (dim === '' || found < 0) return '';
    symbols.splice(found, 1);
  }
  const numbers = (dims: Dims) => staticCount(dims.filter(dim => typeof dim === 'number'))!;
  const ratio = numbers(from) / numbers(to);
  if (symbols.length === 0) return ratio;
  return symbols.length === 1 && ratio === 1 ? symbols[0]! : '';
}
