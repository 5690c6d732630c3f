import type { Column } from '@athanor/data';
import type { GraphBuilder, Value } from '@athanor/onnx';
import { elementCount, int64 } from '@athanor/tensor';

/** "pixels[3,14]" for each element of a vector column, row-major. */
export function elementNames(column: string, shape: readonly number[]): string[] {
  const names = [''];
  for (const [axis, size] of shape.entries()) {
    const outer = names.splice(0);
    for (const prefix of outer) {
      for (let index = 0; index < size; index++) names.push(axis === 0 ? `${index}` : `${prefix},${index}`);
    }
  }
  return names.map(index => `${column}[${index}]`);
}

/** Of a vector column. */
export function shapeOf({ type }: Column): readonly number[] {
  return type.kind === 'vector' ? type.shape : [];
}

/** [n, …shape] to [n, width] */
export function flattened(g: GraphBuilder, raw: Value, shape: readonly number[]): Value {
  return g.op('Reshape', [raw, g.constant(int64([2], [-1, elementCount(shape)]))], { name: 'pixels' });
}

/** True for one vector column of a dtype and shape that pass the test, or what was expected. */
export function acceptsVector(
  expected: string,
  columns: readonly Column[],
  isAccepted: (dtype: string, shape: readonly number[]) => boolean,
): true | string {
  const [column] = columns;
  if (column === undefined || columns.length > 1) return `expected one ${expected} column, received ${columns.length}`;
  const { name, type } = column;
  if (type.kind !== 'vector') return `expected a ${expected} column, received '${name}' (${type.kind})`;
  if (isAccepted(type.dtype, type.shape)) return true;
  return `expected a ${expected} column, received '${name}' (${type.dtype} [${type.shape.join(', ')}])`;
}
