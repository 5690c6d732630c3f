import { elementCount, rowMajorStrides } from '@athanor/tensor';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { type NdArray, realArray, reals } from '../../evaluate/nd-array.js';
import { int } from '../attribute-specs.js';
import { forEachTap } from '../convolution/window.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { poolAttributes, poolGeometry, poolType } from './pool.js';

/** The largest element of each window, and its position in the flattened operand; the first of those that are equal. */
export const maxPool = defineOperator({
  since: 12,
  attributes: { ...poolAttributes, storage_order: int(0) },
  inputs: { x: one() },
  infer({ op, inputs: { x }, attributes }) {
    const type = poolType(op, x, attributes);
    return [type, { ...type, dtype: 'INT64' }];
  },
  evaluate({ op, inputs: { x }, attributes }) {
    const { axes, sizes, shape } = poolGeometry(op, x, attributes);
    const result = realArray(x.dtype, shape);
    const indices: NdArray = { dtype: 'INT64', shape, data: new BigInt64Array(elementCount(shape)) };
    const [values, strides] = [reals(x), rowMajorStrides(x.shape)];
    forEachIndex(shape, ([n, c, ...place], flat) => {
      const start = n! * strides[0]! + c! * strides[1]!;
      let best = -1;
      forEachTap(place, axes, sizes, position => {
        const at = start + flatIndex(position, strides.slice(2));
        if (best < 0 || values[at]! > values[best]!) best = at;
      });
      result.data[flat] = best < 0 ? Number.NEGATIVE_INFINITY : values[best]!;
      (indices.data as BigInt64Array)[flat] = BigInt(best);
    });
    return [result, indices];
  },
});
