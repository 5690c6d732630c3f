import { float } from '../attribute-specs.js';
import { activation } from '../elementwise.js';

export const leakyRelu = activation({
  since: 16,
  attributes: { alpha: float(0.01) },
  formula: (x, { alpha }) => (x < 0 ? alpha * x : x),
});
