import { elementCount, rowMajorStrides, type Shape } from '@athanor/tensor';

/** Calls `visit` with the index of each element and its position in row-major order. The index is reused. */
export function forEachIndex(shape: Shape, visit: (index: readonly number[], flat: number) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const count = elementCount(shape);
  for (let flat = 0; flat < count; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

export function flatIndex(index: readonly number[], strides: readonly number[]): number {
  let flat = 0;
  for (let axis = 0; axis < strides.length; axis++) flat += index[axis]! * strides[axis]!;
  return flat;
}

/** For each element of `target`, the position of the element of `shape` that is broadcast to it. */
export function broadcastPositions(shape: Shape, target: Shape): Int32Array {
  const extra = target.length - shape.length;
  const own = rowMajorStrides(shape);
  const strides = target.map((_, axis) => (axis < extra || shape[axis - extra] === 1 ? 0 : own[axis - extra]!));
  const positions = new Int32Array(elementCount(target));
  forEachIndex(target, (index, flat) => {
    positions[flat] = flatIndex(index, strides);
  });
  return positions;
}
