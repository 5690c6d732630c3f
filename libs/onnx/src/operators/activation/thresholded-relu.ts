import { float } from '../attribute-specs.js';
import { activation } from '../elementwise.js';

export const thresholdedRelu = activation({
  since: 10,
  attributes: { alpha: float(1) },
  formula: (x, { alpha }) => (x > alpha ? x : 0),
});
