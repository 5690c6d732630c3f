import { normalizeAxis } from '@athanor/tensor';
import { mean, mul, sub } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';
import { inverseDeviation } from './standardize.js';

/** With r = 1/√(mean(x²) + ε), x̂ = x·r and d = dy·scale: dx = r·(d - x̂·mean(d·x̂)) */
export const gradient = defineGradient('RMSNormalization', {
  backward({ g, inputs: { x, scale }, attributes, wanted, dy }) {
    const start = normalizeAxis(attributes.axis, x.shape.length);
    const axes = x.shape.slice(start).map((_, index) => start + index);
    const inverse = inverseDeviation(g, mean(g, mul(g, x, x), axes, true), attributes.epsilon);
    const standard = mul(g, x, inverse);
    const dx = () => {
      const d = mul(g, dy, scale);
      return mul(g, inverse, sub(g, d, mul(g, standard, mean(g, mul(g, d, standard), axes, true))));
    };
    return {
      x: wanted.x ? dx() : undefined,
      scale: wanted.scale ? unbroadcast(g, mul(g, dy, standard), scale) : undefined,
    };
  },
  cases: [
    { inputs: [[3, 5], [5]] },
    {
      inputs: [
        [2, 3, 4],
        [3, 4],
      ],
      attributes: { axis: 1 },
    },
  ],
});
