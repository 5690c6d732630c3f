import type { InferTensor } from '@athanor/client';
import type { Tensor } from '@athanor/tensor';

/** The first difference of an answer from a record, in words; undefined if there is none. */
export function firstDifference(
  received: InferTensor | undefined,
  expected: Tensor,
  { relative, absolute }: { readonly relative: number; readonly absolute: number },
): string | undefined {
  if (received === undefined) return 'it is not in the answer';
  const { datatype, shape } = received;
  if (datatype !== expected.dtype || shape.join() !== expected.shape.join())
    return `expected ${expected.dtype} [${expected.shape}], got ${datatype} [${shape}]`;
  for (let index = 0; index < expected.data.length; index++) {
    const [a, b] = [received.data[index]!, expected.data[index]!];
    const isEqual =
      typeof b === 'string'
        ? String(a) === b
        : Math.abs(Number(a) - Number(b)) <= absolute + relative * Math.abs(Number(b));
    if (!isEqual && !Object.is(Number(a), Number(b))) return `expected ${b} at element ${index}, got ${a}`;
  }
  return undefined;
}
