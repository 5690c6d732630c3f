import { add, scale } from '../emit.js';
import { withoutDenormals } from './denormals.js';
import { materialize, type Optimizer, slotsLike, type Transform } from './transform.js';
import { type DecayOptions, weightDecayOf } from './weight-decay.js';

/** Weight decay is decoupled, as in AdamW. */
export interface LionOptions extends DecayOptions {
  readonly beta1?: number;
  readonly beta2?: number;
}

/** Chen et al. 2023, https://arxiv.org/abs/2302.06675: the update is sign(β₁m + (1-β₁)g), then m ← β₂m + (1-β₂)g. */
export function lion({ beta1 = 0.9, beta2 = 0.99, ...decay }: LionOptions = {}): Optimizer {
  const signOfMean: Transform = {
    init: groups => slotsLike('lion.m', groups),
    update({ g, updates, state }) {
      const results = updates.map((update, index) => {
        const gradient = materialize(g, update);
        const mixed = (beta: number) => add(g, scale(g, state[index]!, beta), scale(g, gradient, 1 - beta));
        return { value: g.op('Sign', [mixed(beta1)]), m: withoutDenormals(g, mixed(beta2)) };
      });
      return { updates: results.map(({ value }) => ({ value })), state: results.map(({ m }) => m) };
    },
  };
  return [signOfMean, ...weightDecayOf(decay)];
}
