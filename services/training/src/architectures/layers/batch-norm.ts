import type { Layer } from './layer.js';

/** Added to the variance, and the share of the old running statistics, as in PyTorch. */
const EPSILON = 1e-5;
const MOMENTUM = 0.9;

/**
 * Batch normalization of [n, channels, …] (Ioffe, Szegedy 2015): by the statistics of the batch in training, by their running
 * means when served.
 */
export function batchNorm(name: string, channels: number): Layer {
  const [scale, shift, mean, variance] = [`${name}.scale`, `${name}.shift`, `${name}.mean`, `${name}.variance`];
  const shape = [channels];
  return {
    parameters: [
      { name: scale, shape, initialization: { kind: 'ones' }, isDecayed: false },
      { name: shift, shape, initialization: { kind: 'zeros' }, isDecayed: false },
    ],
    buffers: [
      { name: mean, shape, initialization: { kind: 'zeros' } },
      { name: variance, shape, initialization: { kind: 'ones' } },
    ],
    apply({ g, parameters, buffers, random, update }, x) {
      const inputs = [x, parameters.get(scale), parameters.get(shift), buffers.get(mean), buffers.get(variance)];
      if (random === undefined) return g.op('BatchNormalization', inputs, { attributes: { epsilon: EPSILON } });
      const attributes = { epsilon: EPSILON, momentum: MOMENTUM, training_mode: true };
      const [y, nextMean, nextVariance] = g.ops('BatchNormalization', inputs, { outputs: 3, attributes });
      update(mean, nextMean!);
      update(variance, nextVariance!);
      return y!;
    },
  };
}
