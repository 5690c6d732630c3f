export type Shape = readonly number[];

export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Number of elements: the product of the dimensions, 1 for a scalar. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) {
      throw new ShapeError(`a dimension must be a whole number ≥ 0, received ${dim} in [${shape.join(',')}]`);
    }
    count *= dim;
  }
  if (!Number.isSafeInteger(count)) throw new ShapeError(`shape [${shape.join(',')}] has more elements than 2^53`);
  return count;
}

/** Elements to skip per dimension in row-major order. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** ONNX counts a negative axis from the end; `rank` itself is out of range. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw new ShapeError(`axis ${axis} is outside [${-rank}, ${rank - 1}]`);
  }
  return positive;
}
