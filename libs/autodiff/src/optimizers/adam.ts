import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, cast, div, mul, scalar, scale, sub } from '../emit.js';
import { aboveDenormals } from './denormals.js';
import { materialize, type Optimizer, slotsLike, type Transform } from './transform.js';
import { type DecayOptions, weightDecayOf } from './weight-decay.js';

/** Weight decay is decoupled (AdamW); with none it is plain Adam. */
export interface AdamOptions extends DecayOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Kingma & Ba 2015, https://arxiv.org/abs/1412.6980; with weightDecay AdamW, https://arxiv.org/abs/1711.05101. */
export function adam(options: AdamOptions = {}): Optimizer {
  return [scaleByAdam(options), ...weightDecayOf(options)];
}

/**
 * The moments are carried as M = m/(1-β₁) and V = v/(1-β₂), which saves two passes over the tensors:
 *   M ← β₁M + g,  V ← β₂V + g²
 *   m̂/(√v̂ + ε) = c · M/(√V + ε/k)  with k = √((1-β₂)/(1-β₂ᵗ)), c = (1-β₁)/((1-β₁ᵗ)·k)
 */
export function scaleByAdam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Transform {
  return {
    init: groups => [...slotsLike('adam.m', groups), ...slotsLike('adam.v', groups)],
    schedule: (g, steps) => biasCorrection(g, steps, { beta1, beta2, epsilon }),
    update({ g, updates, state, scheduled: [epsilonK, factor] }) {
      const count = updates.length;
      const results = updates.map((update, index) => {
        const gradient = materialize(g, update);
        const m = aboveDenormals(g, add(g, scale(g, state[index]!, beta1), gradient));
        const v = aboveDenormals(g, add(g, scale(g, state[count + index]!, beta2), mul(g, gradient, gradient)));
        const value = div(g, m, add(g, g.op('Sqrt', [v]), epsilonK!));
        return { m, v, update: { value, factor: factor! } };
      });
      return {
        updates: results.map(result => result.update),
        state: [...results.map(result => result.m), ...results.map(result => result.v)],
      };
    },
  };
}

// ε/k and c for each step. In FP64, because 1 - β₂ᵗ of the first steps would lose five digits in FP32.
function biasCorrection(
  g: GraphBuilder,
  steps: Value,
  { beta1, beta2, epsilon }: Required<Omit<AdamOptions, keyof DecayOptions>>,
): [epsilonK: Value, c: Value] {
  const fp64 = (value: number) => scalar(g, 'FP64', value);
  const remaining = (beta: number) => sub(g, fp64(1), g.op('Pow', [fp64(beta), steps]));
  const k = g.op('Sqrt', [div(g, fp64(1 - beta2), remaining(beta2))]);
  const c = div(g, fp64(1 - beta1), mul(g, remaining(beta1), k));
  return [cast(g, div(g, fp64(epsilon), k), 'FP32'), cast(g, c, 'FP32')];
}
