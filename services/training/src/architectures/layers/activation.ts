import { fixed, type Layer } from './layer.js';

export const relu: Layer = fixed(({ g }, x) => g.op('Relu', [x], { name: 'relu' }));

/** Drops values in training with a probability, and scales the others by 1 / (1 - probability). */
export function dropout(probability: number): Layer {
  return fixed(({ g, random }, x) => {
    if (random === undefined || probability === 0) return x;
    return g.op('Mul', [x, random.dropout(g, x, 1 - probability)], { name: 'dropout' });
  });
}
