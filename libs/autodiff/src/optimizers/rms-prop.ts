import { add, div, mul, scalar, scale } from '../emit.js';
import { aboveDenormals } from './denormals.js';
import { trace } from './sgd.js';
import { materialize, type Optimizer, slotsLike, type Transform } from './transform.js';
import { type DecayOptions, weightDecayOf } from './weight-decay.js';

/** Weight decay is an L2 penalty: added to the gradient, as in PyTorch. */
export interface RmsPropOptions extends DecayOptions {
  /** Decay of the mean of squared gradients. */
  readonly alpha?: number;
  readonly epsilon?: number;
  readonly momentum?: number;
}

/** Hinton 2012 (Coursera, lecture 6e), in PyTorch's form. */
export function rmsProp({ momentum = 0, ...options }: RmsPropOptions = {}): Optimizer {
  return [...weightDecayOf(options), scaleByRms(options), ...(momentum === 0 ? [] : [trace(momentum)])];
}

/** v ← αv + (1-α)g²; the update is g / (√v + ε). */
export function scaleByRms({
  alpha = 0.99,
  epsilon = 1e-8,
}: Pick<RmsPropOptions, 'alpha' | 'epsilon'> = {}): Transform {
  return {
    init: groups => slotsLike('rms.v', groups),
    update({ g, updates, state }) {
      const results = updates.map((update, index) => {
        const gradient = materialize(g, update);
        const mean = add(g, scale(g, state[index]!, alpha), scale(g, mul(g, gradient, gradient), 1 - alpha));
        const v = aboveDenormals(g, mean);
        return { v, value: div(g, gradient, add(g, g.op('Sqrt', [v]), scalar(g, v.dtype, epsilon))) };
      });
      return { updates: results.map(({ value }) => ({ value })), state: results.map(({ v }) => v) };
    },
  };
}
