// Low-rank adaptation (Hu et al. 2021, https://arxiv.org/abs/2106.09685): a weight W that keeps its values is used as
// W + alpha/rank · L·R. The weights of convolutions are matrices [out channels, the rest], as in the authors' loralib.
// The whole weight is formed in each step, so that one rule holds for every operator that multiplies with it.

import { type GraphBuilder, intOf, type Value } from '@athanor/onnx';
import { elementCount, scalar, type Tensor, tensor } from '@athanor/tensor';
import type { ModelParameter } from '../architecture.js';
import type { BodyWeight } from './body.js';

export interface LowRankOptions {
  readonly rank: number;
  readonly alpha: number;
}

export interface Adapter {
  /** L [rows, rank] and R [rank, columns]: that of the inputs is random, that of the outputs zero. */
  readonly parameters: readonly [left: ModelParameter, right: ModelParameter];
  emit(g: GraphBuilder, weight: Value, left: Value, right: Value): Value;
  /** The sum, in float64. */
  merge(weight: Tensor<'FP32'>, left: Tensor<'FP32'>, right: Tensor<'FP32'>): Tensor<'FP32'>;
}

/** undefined for what is not used as a matrix. */
export function adapterOf({ name, values, product }: BodyWeight, { rank, alpha }: LowRankOptions): Adapter | undefined {
  const { shape } = values;
  const isStacked = product?.op === 'MatMul' && shape.length > 2;
  if (product === undefined || shape.length < 2 || isStacked) return undefined;
  // [out, in] but for a MatMul, a plain Gemm, and the transposed convolution.
  const isOutFirst = product.op === 'Conv' || (product.op === 'Gemm' && intOf(product.attributes, 'transB', 0) !== 0);
  const rows = shape[0]!;
  const columns = elementCount(shape.slice(1));
  const inner = Math.min(rank, rows, columns);
  const scale = alpha / rank;
  const random = { kind: 'uniform', limit: 1 / Math.sqrt(isOutFirst ? columns : rows) } as const;
  const zeros = { kind: 'zeros' } as const;
  // A is that of the inputs, B that of the outputs.
  const [left, right] = isOutFirst ? ['b', 'a'] : ['a', 'b'];
  return {
    parameters: [
      { name: `lora/${name}.${left}`, shape: [rows, inner], initialization: isOutFirst ? zeros : random },
      { name: `lora/${name}.${right}`, shape: [inner, columns], initialization: isOutFirst ? random : zeros },
    ],
    emit(g, weight, l, r) {
      const scaled = g.op('Mul', [l, g.constant(scalar('FP32', scale))]);
      const change = g.op('MatMul', [scaled, r], { name: 'lora' });
      return g.op('Add', [weight, shape.length === 2 ? change : g.op('Reshape', [change, g.axes(shape)])]);
    },
    merge(weight, l, r) {
      const merged = Float32Array.from(weight.data);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += l.data[row * inner + k]! * r.data[k * columns + column]!;
          merged[row * columns + column]! += scale * sum;
        }
      }
      return tensor('FP32', shape, merged);
    },
  };
}
