import { elementCount } from '@athanor/tensor';
import { elementwise } from '../../evaluate/elementwise.js';
import type { NdArray } from '../../evaluate/nd-array.js';
import { flag, float } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { moments, normalized, perChannel, trailingAxes } from './standardize.js';

/**
 * By the mean and variance that are given; in training mode by those of the batch, and further outputs are the running
 * ones: momentum · given + (1 - momentum) · the batch's, whose variance is that of the population, other than PyTorch's.
 */
export const batchNormalization = defineOperator({
  since: 15,
  attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: flag(false) },
  inputs: { x: one(), scale: one(), bias: one(), mean: one(), variance: one() },
  infer: ({ inputs: { x, mean, variance } }) => [x, mean, variance],
  evaluate({ inputs: { x, scale, bias, mean, variance }, attributes: { epsilon, momentum, training_mode } }) {
    const rank = x.shape.length;
    const affine = { epsilon, scale: perChannel(scale, rank), bias: perChannel(bias, rank) };
    if (!training_mode) {
      const given = { mean: perChannel(mean, rank), variance: perChannel(variance, rank) };
      return [normalized(x, given, affine)];
    }
    const batch = moments(x, [0, ...trailingAxes(rank, 2)]);
    const running = (given: NdArray, current: NdArray) =>
      elementwise([given, { ...current, shape: [elementCount(current.shape)] }], {
        real: (a, b) => momentum * a + (1 - momentum) * b,
      });
    return [normalized(x, batch, affine), running(mean, batch.mean), running(variance, batch.variance)];
  },
});
