import { add, div, mul, scalar } from '../emit.js';
import { materialize, type Optimizer, slotsLike, type Transform } from './transform.js';
import { type DecayOptions, weightDecayOf } from './weight-decay.js';

/** Weight decay is an L2 penalty: added to the gradient, as in PyTorch. */
export interface AdagradOptions extends DecayOptions {
  readonly epsilon?: number;
}

/** Duchi, Hazan, Singer 2011: s ← s + g²; the update is g / (√s + ε). */
export function adagrad({ epsilon = 1e-10, ...decay }: AdagradOptions = {}): Optimizer {
  const scaleBySum: Transform = {
    init: groups => slotsLike('adagrad.sum', groups),
    update({ g, updates, state }) {
      const results = updates.map((update, index) => {
        const gradient = materialize(g, update);
        const total = add(g, state[index]!, mul(g, gradient, gradient));
        return { total, value: div(g, gradient, add(g, g.op('Sqrt', [total]), scalar(g, total.dtype, epsilon))) };
      });
      return { updates: results.map(({ value }) => ({ value })), state: results.map(({ total }) => total) };
    },
  };
  return [...weightDecayOf(decay), scaleBySum];
}
