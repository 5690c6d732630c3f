import { errorFunction } from '../arithmetic/erf.js';
import { oneOf } from '../attribute-specs.js';
import { activation } from '../elementwise.js';

/** x·Φ(x), or by tanh: 0.5x(1 + tanh(√(2/π)(x + 0.044715x³))) (Hendrycks, Gimpel 2016). */
export const gelu = activation({
  since: 20,
  attributes: { approximate: oneOf('none', 'tanh') },
  formula: (x, { approximate }) =>
    approximate === 'none'
      ? 0.5 * x * (1 + errorFunction(x * Math.SQRT1_2))
      : 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
});
