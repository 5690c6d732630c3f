import { add, div, mul, scalar } from '../emit.js';
import { materialize, type Optimizer, slotsLike, type Transform } from './transform.js';
import { addDecayedWeights } from './weight-decay.js';

export interface AdagradOptions {
  readonly epsilon?: number;
  /** L2 penalty: added to the gradient, as in PyTorch. */
  readonly weightDecay?: number;
}

/** Duchi, Hazan, Singer 2011: s ← s + g²; the update is g / (√s + ε). */
export function adagrad({ epsilon = 1e-10, weightDecay = 0 }: AdagradOptions = {}): Optimizer {
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
  return [...(weightDecay === 0 ? [] : [addDecayedWeights(weightDecay)]), scaleBySum];
}
