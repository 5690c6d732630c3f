import type { GraphBuilder, Value } from '@athanor/onnx';
import { elementCount } from '@athanor/tensor';
import { add, constant, mul, scale } from '../emit.js';
import { materialize, type ParameterGroup, type Transform, type Update } from './transform.js';

/** The parameters that decay: all, or all but biases and the scales and shifts of normalizations. */
export type DecayedParameters = 'all' | 'weights';

export interface DecayOptions {
  /** Rate λ; 0: none (default). The optimizer decides whether it is an L2 penalty or decoupled. */
  readonly weightDecay?: number;
  /**
   * default: all, as with torch.optim and a single group. `weights` leaves out the parameters that say `isDecayed: false`, as
   * with two groups, the second with a weight_decay of 0.
   */
  readonly decayParameters?: DecayedParameters;
}

/** Weight decay as a part of an optimizer; no transform if the rate is 0. */
export function weightDecayOf({ weightDecay = 0, decayParameters = 'all' }: DecayOptions): readonly Transform[] {
  return weightDecay === 0 ? [] : [addDecayedWeights(weightDecay, decayParameters)];
}

/** u ← u + λp. Before the moments it is an L2 penalty, after them it is decoupled decay (AdamW). */
export function addDecayedWeights(rate: number, decayed: DecayedParameters = 'all'): Transform {
  return {
    init: () => [],
    update: ({ g, groups, updates, parameters }) => ({
      updates: updates.map((update, index): Update => {
        // Multiplied by its factor also where nothing is added: the bits do not depend on the packing.
        const value = materialize(g, update);
        const decay = decayOf(g, parameters[index]!, { rate, flags: decayFlags(groups[index]!, decayed) });
        return { value: decay === undefined ? value : add(g, value, decay) };
      }),
      state: [],
    }),
  };
}

/** λp of one group. */
function decayOf(
  g: GraphBuilder,
  parameter: Value,
  { rate, flags }: { readonly rate: number; readonly flags: readonly DecayFlag[] },
): Value | undefined {
  if (flags.every(({ isDecayed }) => isDecayed)) return scale(g, parameter, rate);
  if (!flags.some(({ isDecayed }) => isDecayed)) return undefined;
  // A vector of rates costs the one product that the scalar would: the group is not split.
  const rates = flags.flatMap(({ isDecayed, count }) => new Array<number>(count).fill(isDecayed ? rate : 0));
  return mul(g, parameter, constant(g, parameter.dtype, [rates.length], rates));
}

interface DecayFlag {
  readonly isDecayed: boolean;
  /** Elements. */
  readonly count: number;
}

function decayFlags({ members }: ParameterGroup, decayed: DecayedParameters): DecayFlag[] {
  return members.map(({ shape, isDecayed = true }) => {
    return { isDecayed: decayed === 'all' || isDecayed, count: elementCount(shape) };
  });
}
