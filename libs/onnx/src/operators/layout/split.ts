import { normalizeAxis } from '@athanor/tensor';
import { rearrange } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { int } from '../attribute-specs.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** Into parts of the given sizes, or into equal parts, the last of which is smaller if the size is not divisible. */
export const split = defineOperator({
  since: 18,
  attributes: { axis: int(0), num_outputs: int() },
  inputs: { x: one(), split: optional() },
  infer({ inputs: { x, split: given }, attributes, outputCount, contents }) {
    const axis = normalizeAxis(attributes.axis, x.shape.length);
    const known = given && (contents.split ?? new Array<Dim>(outputCount).fill(''));
    const sizes = known ?? equalParts(x.shape[axis]!, outputCount);
    return sizes.map(size => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }));
  },
  evaluate({ inputs: { x, split: given }, attributes, outputCount }) {
    const axis = normalizeAxis(attributes.axis, x.shape.length);
    const sizes = given ? integers(given) : (equalParts(x.shape[axis]!, outputCount) as number[]);
    let end = 0;
    return sizes.map(size => {
      const start = end;
      end += size;
      return rearrange(x, x.shape.with(axis, size), index => index.with(axis, index[axis]! + start));
    });
  },
});

function equalParts(size: Dim, parts: number): Dim[] {
  if (typeof size !== 'number') return new Array<Dim>(parts).fill('');
  const part = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, index) => Math.max(0, Math.min(part, size - part * index)));
}
