import { float } from '../attribute-specs.js';
import { activation } from '../elementwise.js';

/** max(0, x) + min(0, α(e^(x/α) - 1)) (Barron 2017). */
export const celu = activation({
  since: 12,
  attributes: { alpha: float(1) },
  formula: (x, { alpha }) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)),
});
