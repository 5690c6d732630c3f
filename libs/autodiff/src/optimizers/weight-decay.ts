import { add, scale } from '../emit.js';
import { materialize, type Transform, type Update } from './transform.js';

/** u ← u + λp. Before the moments it is an L2 penalty, after them it is decoupled decay (AdamW). */
export function addDecayedWeights(rate: number): Transform {
  return {
    init: () => [],
    update: ({ g, updates, parameters }) => ({
      updates: updates.map((update, index): Update => {
        return { value: add(g, materialize(g, update), scale(g, parameters[index]!, rate)) };
      }),
      state: [],
    }),
  };
}
