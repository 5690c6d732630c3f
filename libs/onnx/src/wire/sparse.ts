// Sparse initializers become dense: the IR has one kind of tensor (onnx.proto, SparseTensorProto).

import { elementCount, isNumeric, rowMajorStrides, type Tensor, zeros } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import { fromWireInt64 } from './int64.js';
import type { WireSparseTensor } from './schema.js';
import { decodeTensor } from './tensor.js';

/** A few bytes of a file may declare a dense tensor of any size. */
const MAX_DENSE_ELEMENTS = 2 ** 26;

/** Throws ModelError for indices that are out of range or not in ascending order, and for a dense size over the limit. */
export function decodeSparse(wire: WireSparseTensor): Tensor {
  const name = wire.values?.name ?? '';
  const where = `sparse tensor ${quoted(name)}`;
  if (!wire.values || !wire.indices) throw new ModelError('MALFORMED', `${where} has no values or no indices`);
  const shape = wire.dims.map(dim => Number(fromWireInt64(dim)));
  const count = sizeOf(shape, where);
  const values = decodeTensor(wire.values);
  const positions = flatPositions(decodeTensor(wire.indices), shape, where);
  if (values.shape.length !== 1 || values.data.length !== positions.length) {
    throw new ModelError('MALFORMED', `${where} has ${values.data.length} values at ${positions.length} indices`);
  }
  positions.forEach((position, index) => {
    if (!(position >= 0 && position < count)) {
      throw new ModelError('MALFORMED', `${where} has ${count} elements, received index ${position}`);
    }
    if (index > 0 && position <= positions[index - 1]!) {
      throw new ModelError('MALFORMED', `${where}: expected ascending indices, received ${position}`);
    }
  });
  return scatter(values, positions, shape);
}

function sizeOf(shape: readonly number[], where: string): number {
  const isValid = shape.every(dim => Number.isSafeInteger(dim) && dim >= 0);
  if (!isValid) throw new ModelError('MALFORMED', `${where} has the shape [${shape.join(',')}]`);
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (count <= MAX_DENSE_ELEMENTS) return count;
  throw new ModelError('TOO_LARGE', `${where} has ${count} elements, ${MAX_DENSE_ELEMENTS} are allowed`);
}

/** Indices are linear, [count], or one row per value, [count, rank]. */
function flatPositions(indices: Tensor, shape: readonly number[], where: string): number[] {
  const [count = 0, rank] = indices.shape;
  const isLinear = indices.shape.length === 1;
  if (indices.dtype !== 'INT64' || !(isLinear || (indices.shape.length === 2 && rank === shape.length))) {
    throw new ModelError('MALFORMED', `${where} has indices ${indices.dtype} [${indices.shape.join(',')}]`);
  }
  if (isLinear) return Array.from(indices.data, Number);
  const strides = rowMajorStrides(shape);
  return Array.from({ length: count }, (_, row) =>
    shape.reduce((flat, dim, axis) => {
      const index = Number(indices.data[row * shape.length + axis]);
      return index >= 0 && index < dim ? flat + index * strides[axis]! : Number.NaN;
    }, 0),
  );
}

function scatter(values: Tensor, positions: readonly number[], shape: readonly number[]): Tensor {
  if (!isNumeric(values)) return scatterText(values, positions, shape);
  const dense = zeros(values.dtype, shape);
  const data = dense.data as unknown as (number | bigint)[];
  positions.forEach((position, index) => {
    data[position] = values.data[index]!;
  });
  return dense as Tensor;
}

function scatterText(values: Tensor<'BYTES'>, positions: readonly number[], shape: readonly number[]): Tensor {
  const data = new Array<string>(elementCount(shape)).fill('');
  positions.forEach((position, index) => {
    data[position] = values.data[index]!;
  });
  return { dtype: 'BYTES', shape, data };
}
