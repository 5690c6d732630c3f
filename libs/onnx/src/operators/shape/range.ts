import { emptyElements } from '../../evaluate/nd-array.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** start, start + delta, … below limit (above it, if delta is negative). */
export const range = defineOperator({
  since: 11,
  inputs: { start: one(), limit: one(), delta: one() },
  infer({ inputs: { start }, contents }) {
    const [first, limit, delta] = [contents.start?.[0], contents.limit?.[0], contents.delta?.[0]];
    const isKnown = typeof first === 'number' && typeof limit === 'number' && typeof delta === 'number';
    if (isKnown) return [{ dtype: start.dtype, shape: [count(first, limit, delta)] }];
    return [{ dtype: start.dtype, shape: [first === 0 && delta === 1 ? (limit ?? '') : ''] }];
  },
  evaluate({ inputs }) {
    const { dtype } = inputs.start;
    const [start, limit, delta] = [inputs.start, inputs.limit, inputs.delta].map(({ data }) => Number(data[0])) as [
      number,
      number,
      number,
    ];
    const data = emptyElements(dtype, count(start, limit, delta)) as unknown[];
    const toElement = inputs.start.data instanceof Float64Array ? (x: number) => x : BigInt;
    for (let i = 0; i < data.length; i++) data[i] = toElement(start + i * delta);
    return [{ dtype, shape: [data.length], data: data as never }];
  },
});

function count(start: number, limit: number, delta: number): number {
  return Math.max(0, Math.ceil((limit - start) / delta));
}
