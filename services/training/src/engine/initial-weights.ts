import { type Tensor, zeros } from '@athanor/tensor';
import type { Initialization, ModelWeight } from '../architectures/architecture.js';
import { randomWords, STREAM } from './philox.js';

/** Initial values of parameters and buffers: a pure function of the seed and their order. */
export function initialWeights(parameters: readonly ModelWeight[], seed: number): Map<string, Tensor<'FP32'>> {
  return new Map(parameters.map((parameter, index) => [parameter.name, initialize(parameter, seed, index)]));
}

function initialize({ shape, initialization }: ModelWeight, seed: number, index: number): Tensor<'FP32'> {
  if (initialization.kind === 'given') return initialization.values;
  const weights = zeros('FP32', shape);
  if (initialization.kind === 'zeros') return weights;
  if (initialization.kind === 'ones') {
    weights.data.fill(1);
    return weights;
  }
  const random = randomWords(seed, STREAM.initialWeights, index);
  const limit = uniformLimit(initialization);
  for (let i = 0; i < weights.data.length; i++) {
    // 24 bits, the precision of FP32, give a uniform number in [0, 1).
    const uniform = (random.next() >>> 8) * 2 ** -24;
    weights.data[i] = (2 * uniform - 1) * limit;
  }
  return weights;
}

function uniformLimit(initialization: Extract<Initialization, { kind: 'he-uniform' | 'uniform' }>): number {
  return initialization.kind === 'uniform' ? initialization.limit : Math.sqrt(6 / initialization.fanIn);
}
