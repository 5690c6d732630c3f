import { TypeInferenceError } from '../../errors.js';
import { emptyElements } from '../../evaluate/nd-array.js';
import { int } from '../attribute-specs.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** Without training_mode the operand itself, and a mask that is true everywhere. */
export const dropout = defineOperator({
  since: 13,
  attributes: { seed: int() },
  inputs: { x: one(), ratio: optional(), training_mode: optional() },
  infer: ({ inputs: { x } }) => [x, { dtype: 'BOOL', shape: x.shape }],
  evaluate({ op, inputs: { x, training_mode } }) {
    if (training_mode?.data[0]) throw new TypeInferenceError(`${op} with training_mode is random: it has no reference`);
    const mask = emptyElements('BOOL', x.data.length) as Float64Array;
    return [x, { dtype: 'BOOL', shape: x.shape, data: mask.fill(1) }];
  },
});
