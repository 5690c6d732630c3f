import { elementCount, rowMajorStrides } from '@athanor/tensor';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { emptyElements, setElement } from '../../evaluate/nd-array.js';
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
    const data = emptyElements(x.dtype, elementCount(shape));
    const indices = new BigInt64Array(elementCount(shape));
    const strides = rowMajorStrides(x.shape);
    // storage_order 1 counts positions with the first spatial axis as the fastest.
    const counted =
      attributes.storage_order === 1 ? rowMajorStrides(sizes.toReversed()).toReversed() : strides.slice(2);
    forEachIndex(shape, ([n, c, ...place], flat) => {
      const start = n! * strides[0]! + c! * strides[1]!;
      let best: { readonly at: number; readonly counted: number } | undefined;
      forEachTap(place, axes, sizes, position => {
        const at = start + flatIndex(position, strides.slice(2));
        if (best === undefined || x.data[at]! > x.data[best.at]!)
          best = { at, counted: start + flatIndex(position, counted) };
      });
      if (best) setElement(data, flat, x.data, best.at);
      else if (data instanceof Float64Array) data[flat] = Number.NEGATIVE_INFINITY;
      indices[flat] = BigInt(best?.counted ?? -1);
    });
    return [
      { dtype: x.dtype, shape, data },
      { dtype: 'INT64', shape, data: indices },
    ];
  },
});
