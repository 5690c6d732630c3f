import { elementwise } from '../../evaluate/elementwise.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** Limits are scalars; an absent one does not limit. */
export const clip = defineOperator({
  since: 13,
  inputs: { x: one(), min: optional(), max: optional() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x, min, max } }) {
    const raised = min ? elementwise([x, min], { real: Math.max, integer: (a, b) => (a > b ? a : b) }) : x;
    return [max ? elementwise([raised, max], { real: Math.min, integer: (a, b) => (a < b ? a : b) }) : raised];
  },
});
