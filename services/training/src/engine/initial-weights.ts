import { type Tensor, zeros } from '@athanor/tensor';
import type { ModelParameter } from '../architectures/model.js';
import { randomWords, STREAM } from './philox.js';

/** Initial values of all parameters: a pure function of the seed and the order of the parameters. */
export function initialWeights(parameters: readonly ModelParameter[], seed: number): Map<string, Tensor<'FP32'>> {
  return new Map(parameters.map((parameter, index) => [parameter.name, initialize(parameter, seed, index)]));
}

function initialize({ shape, initialization }: ModelParameter, seed: number, index: number): Tensor<'FP32'> {
  const weights = zeros('FP32', shape);
  if (initialization.kind === 'zeros') return weights;
  const random = randomWords(seed, STREAM.initialWeights, index);
  const limit = Math.sqrt(6 / initialization.fanIn);
  for (let i = 0; i < weights.data.length; i++) {
    // 24 bits, the precision of FP32, give a uniform number in [0, 1).
    const uniform = (random.next() >>> 8) * 2 ** -24;
    weights.data[i] = (2 * uniform - 1) * limit;
  }
  return weights;
}
