import { TypeInferenceError } from '../errors.js';
import type { Dim } from '../model.js';

type Dims = readonly Dim[];

/** NumPy broadcasting over sizes that may be symbolic (ONNX docs/Broadcasting.md). */
export function broadcastDims(a: Dims, b: Dims): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    const dim = broadcastDim(left, right);
    if (dim === undefined) throw new TypeInferenceError(`[${a.join(',')}] and [${b.join(',')}] do not broadcast`);
    return dim;
  });
}

function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number' && typeof b === 'number') return undefined;
  // A known size above 1 is the result; two different symbols leave the size unknown.
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : '';
}

/** The product of the sizes, or undefined if one is symbolic. */
export function staticCount(dims: Dims): number | undefined {
  let count = 1;
  for (const dim of dims) {
    if (typeof dim !== 'number') return undefined;
    count *= dim;
  }
  return count;
}
