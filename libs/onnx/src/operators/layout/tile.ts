import { rearrange } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import { productDim } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

// Shapes are no longer.
const MAX_REPEATS = 32;

/** The operand repeated along each axis. */
export const tile = defineOperator({
  since: 13,
  inputs: { x: one(), repeats: one() },
  infer({ inputs: { x }, contents: { repeats } }) {
    return [{ dtype: x.dtype, shape: x.shape.map((dim, axis) => productDim([dim, repeats?.[axis] ?? ''])) }];
  },
  propagate({ contents: { x, repeats } }) {
    const times = repeats?.[0];
    const isShort = repeats?.length === 1 && typeof times === 'number' && times <= MAX_REPEATS;
    return [x && isShort ? new Array<typeof x>(times).fill(x).flat() : undefined];
  },
  evaluate({ inputs: { x, repeats } }) {
    const times = integers(repeats);
    const tiled = rearrange(
      x,
      x.shape.map((dim, axis) => dim * times[axis]!),
      index => index.map((at, axis) => at % x.shape[axis]!),
    );
    return [tiled];
  },
});
