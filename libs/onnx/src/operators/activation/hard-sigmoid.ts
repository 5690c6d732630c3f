import { float } from '../attribute-specs.js';
import { activation } from '../elementwise.js';

export const hardSigmoid = activation({
  since: 6,
  attributes: { alpha: float(0.2), beta: float(0.5) },
  formula: (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha * x + beta)),
});
