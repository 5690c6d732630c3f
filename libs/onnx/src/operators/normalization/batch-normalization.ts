import { elementCount } from '@athanor/tensor';
import { forEachIndex } from '../../evaluate/indices.js';
import { type NdArray, type RealArray, realArray, reals } from '../../evaluate/nd-array.js';
import { flag, float } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/**
 * scale · (x - mean) / √(variance + ε) + shift for each channel of [n, channels, …]. In training mode by the statistics of x,
 * with the running ones as outputs: momentum · old + (1 - momentum) · of x, the variance divided by the count.
 */
export const batchNormalization = defineOperator({
  since: 15,
  attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: flag(false) },
  inputs: { x: one(), scale: one(), shift: one(), mean: one(), variance: one() },
  infer: ({ inputs: { x, mean, variance } }) => [x, mean, variance],
  evaluate({ inputs: { x, scale, shift, mean, variance }, attributes: { epsilon, momentum, training_mode } }) {
    const running = { mean: reals(mean), variance: reals(variance) };
    const used = training_mode ? statisticsOf(x) : running;
    const [factor, offset, values] = [reals(scale), reals(shift), reals(x)];
    const y = realArray(x.dtype, x.shape);
    forEachIndex(x.shape, (index, flat) => {
      const channel = index[1] ?? 0;
      const normalized = (values[flat]! - used.mean[channel]!) / Math.sqrt(used.variance[channel]! + epsilon);
      y.data[flat] = factor[channel]! * normalized + offset[channel]!;
    });
    const mix = (old: Float64Array, fresh: Float64Array) =>
      old.map((value, at) => momentum * value + (1 - momentum) * fresh[at]!);
    const next = (array: NdArray, data: Float64Array): RealArray => ({ ...array, data });
    return [y, next(mean, mix(running.mean, used.mean)), next(variance, mix(running.variance, used.variance))];
  },
});

function statisticsOf(x: NdArray): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const values = reals(x);
  const channels = x.shape[1] ?? 1;
  const count = elementCount(x.shape) / channels;
  const meanOf = (term: (value: number, channel: number) => number) => {
    const sums = new Float64Array(channels);
    forEachIndex(x.shape, (index, flat) => {
      const channel = index[1] ?? 0;
      sums[channel]! += term(values[flat]!, channel);
    });
    return sums.map(sum => sum / count);
  };
  const mean = meanOf(value => value);
  return { mean, variance: meanOf((value, channel) => (value - mean[channel]!) ** 2) };
}
