import { float } from '../attribute-specs.js';
import { activation } from '../elementwise.js';

/** Klambauer et al. 2017; the defaults are float32 numbers. */
export const selu = activation({
  since: 6,
  attributes: { alpha: float(1.6732631921768188), gamma: float(1.0507010221481323) },
  formula: (x, { alpha, gamma }) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
});
