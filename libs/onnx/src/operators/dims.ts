import { TypeInferenceError } from '../errors.js';
import type { Dim, ValueType } from '../model.js';

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

export function describe({ dtype, shape }: ValueType): string {
  return `${dtype} [${shape.map(dim => (dim === '' ? '?' : dim)).join(',')}]`;
}

/** The sum of sizes; unknown if one is symbolic. */
export function sumDims(dims: Dims): Dim {
  return dims.every(dim => typeof dim === 'number') ? dims.reduce<number>((sum, dim) => sum + (dim as number), 0) : '';
}

/** The product of sizes; a symbol stays one if all others are 1. */
export function productDim(dims: Dims): Dim {
  const others = dims.filter(dim => dim !== 1);
  return staticCount(dims) ?? (others.length === 1 ? others[0]! : '');
}

/** Sizes that are known and different. */
export function differ(a: Dim, b: Dim): boolean {
  return typeof a === 'number' && typeof b === 'number' && a !== b;
}

/** Contents of an input of axes or counts, which must be known numbers. Throws TypeInferenceError. */
export function knownInts(op: string, contents: Dims | undefined, input: string): readonly number[] {
  if (areNumbers(contents)) return contents;
  throw new TypeInferenceError(`${op} needs constant ${input}`);
}

/** A size that must be divisible; unknown if it is symbolic. Throws TypeInferenceError. */
export function divideDim(dim: Dim, divisor: number): Dim {
  if (typeof dim !== 'number') return '';
  if (dim % divisor !== 0) throw new TypeInferenceError(`${dim} is not divisible by ${divisor}`);
  return dim / divisor;
}

export function areNumbers(dims: Dims | undefined): dims is readonly number[] {
  return dims?.every(dim => typeof dim === 'number') ?? false;
}
