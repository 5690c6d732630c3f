import { elementwise } from '../../evaluate/elementwise.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** x where it is positive, else slope·x; the slope is broadcast to x. */
export const pRelu = defineOperator({
  since: 16,
  inputs: { x: one(), slope: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate: ({ inputs: { x, slope } }) => [elementwise([x, slope], { real: (a, b) => (a < 0 ? a * b : a) })],
});
