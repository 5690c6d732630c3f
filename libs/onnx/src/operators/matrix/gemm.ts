import { TypeInferenceError } from '../../errors.js';
import { elementwise } from '../../evaluate/elementwise.js';
import { realArray, reals } from '../../evaluate/nd-array.js';
import type { ValueType } from '../../model.js';
import { flag, float } from '../attribute-specs.js';
import { describe, differ } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** α·A'B' + β·C with A' = A or Aᵀ, B' = B or Bᵀ; C is broadcast. */
export const gemm = defineOperator({
  since: 13,
  attributes: { alpha: float(1), beta: float(1), transA: flag(false), transB: flag(false) },
  inputs: { a: one(), b: one(), c: optional() },
  infer({ op, inputs: { a, b }, attributes: { transA, transB } }) {
    const mismatch = () => new TypeInferenceError(`${op} of ${describe(a)} and ${describe(b)}`);
    if (a.shape.length !== 2 || b.shape.length !== 2) throw mismatch();
    const [rows, inner] = orient(a, transA);
    const [innerB, columns] = orient(b, transB);
    if (differ(inner!, innerB!)) throw mismatch();
    return [{ dtype: a.dtype, shape: [rows!, columns!] }];
  },
  evaluate({ inputs: { a, b, c }, attributes: { alpha, beta, transA, transB } }) {
    const [rows, inner] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
    const columns = transB ? b.shape[0]! : b.shape[1]!;
    const [left, right] = [reals(a), reals(b)];
    const product = realArray(a.dtype, [rows, columns]);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          sum += left[transA ? k * rows + i : i * inner + k]! * right[transB ? j * inner + k : k * columns + j]!;
        }
        product.data[i * columns + j] = alpha * sum;
      }
    }
    return [c ? elementwise([product, c], { real: (x, y) => x + beta * y }) : product];
  },
});

function orient({ shape }: ValueType, isTransposed: boolean): ValueType['shape'] {
  return isTransposed ? [...shape].reverse() : shape;
}
