import { byteSizeOf } from './dtype.js';
import { elementCount, type Shape } from './shape.js';
import { bytesOf, type NumericTensor, tensorFromBytes } from './tensor.js';

/** The given rows of a tensor [n, …], as [...shape, …] where `shape` has as many elements as there are rows. */
export function gatherRows(from: NumericTensor, rows: Int32Array, shape: Shape = [rows.length]): NumericTensor {
  const rowShape = from.shape.slice(1);
  const size = elementCount(rowShape) * byteSizeOf(from.dtype);
  const source = bytesOf(from);
  const gathered = new Uint8Array(rows.length * size);
  rows.forEach((row, position) => {
    gathered.set(source.subarray(row * size, (row + 1) * size), position * size);
  });
  return tensorFromBytes(from.dtype, [...shape, ...rowShape], gathered);
}
