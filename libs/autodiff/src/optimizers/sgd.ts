import { add, scale } from '../emit.js';
import { aboveDenormals } from './denormals.js';
import { materialize, type Optimizer, slotsLike, type Transform, type Update } from './transform.js';
import { type DecayOptions, weightDecayOf } from './weight-decay.js';

/** Weight decay is an L2 penalty: added to the gradient before momentum, as in PyTorch. */
export interface SgdOptions extends DecayOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

export function sgd({ momentum = 0, nesterov = false, ...decay }: SgdOptions = {}): Optimizer {
  return [...weightDecayOf(decay), ...(momentum === 0 ? [] : [trace(momentum, nesterov)])];
}

/** Velocity u ← μu + g; the update is u, or g + μu with Nesterov's look-ahead (Sutskever et al. 2013, PyTorch's form). */
export function trace(momentum: number, nesterov = false): Transform {
  return {
    init: groups => slotsLike('sgd.velocity', groups),
    update({ g, updates, state }) {
      const gradients = updates.map(update => materialize(g, update));
      const velocities = gradients.map((gradient, index) =>
        aboveDenormals(g, add(g, scale(g, state[index]!, momentum), gradient)),
      );
      const values = nesterov
        ? velocities.map((velocity, index) => add(g, gradients[index]!, scale(g, velocity, momentum)))
        : velocities;
      return { updates: values.map((value): Update => ({ value })), state: velocities };
    },
  };
}
