import { float } from '../attribute-specs.js';
import { activation } from '../elementwise.js';

export const elu = activation({
  since: 6,
  attributes: { alpha: float(1) },
  formula: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x),
});
