import { normalizeAxis, rowMajorStrides, type Shape } from '@athanor/tensor';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { emptyElements, integers, type NdArray, setElement } from '../../evaluate/nd-array.js';
import { flag, int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The k largest or smallest elements along an axis, in order, and their positions; of equal ones the first. */
export const topK = defineOperator({
  since: 11,
  attributes: { axis: int(-1), largest: flag(true), sorted: flag(true) },
  inputs: { x: one(), k: one() },
  infer({ inputs: { x }, attributes, contents }) {
    const shape = x.shape.with(normalizeAxis(attributes.axis, x.shape.length), contents.k?.[0] ?? '');
    return [
      { dtype: x.dtype, shape },
      { dtype: 'INT64', shape },
    ];
  },
  evaluate({ inputs: { x, k }, attributes: { axis: given, largest } }) {
    const axis = normalizeAxis(given, x.shape.length);
    return selected(x, { axis, count: integers(k)[0]!, largest });
  },
});

interface Selection {
  readonly axis: number;
  readonly count: number;
  readonly largest: boolean;
}

function selected(x: NdArray, { axis, count, largest }: Selection): NdArray[] {
  const shape: Shape = x.shape.with(axis, count);
  const values = emptyElements(x.dtype, x.data.length === 0 ? 0 : (x.data.length / x.shape[axis]!) * count);
  const positions = new BigInt64Array(values.length);
  const [from, to] = [rowMajorStrides(x.shape), rowMajorStrides(shape)];
  forEachIndex(shape.with(axis, Math.min(1, count)), index => {
    const [source, target] = [flatIndex(index, from), flatIndex(index, to)];
    const element = (position: number) => source + position * from[axis]!;
    const order = Array.from({ length: x.shape[axis]! }, (_, position) => position).sort((a, b) => {
      const [left, right] = [x.data[element(a)]!, x.data[element(b)]!];
      if (left === right) return a - b;
      return left > right === largest ? -1 : 1;
    });
    order.slice(0, count).forEach((position, rank) => {
      setElement(values, target + rank * to[axis]!, x.data, element(position));
      positions[target + rank * to[axis]!] = BigInt(position);
    });
  });
  return [
    { dtype: x.dtype, shape, data: values },
    { dtype: 'INT64', shape, data: positions },
  ];
}
