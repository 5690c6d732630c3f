// Constants: a known element type, sane dimensions, and exactly the data that they need, in one place.

import { fromOnnxElemType } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import { fromWireInt64 } from '../wire/int64.js';
import { EXTERNAL } from '../wire/schema.js';
import type { ElementType } from './element-types.js';
import { elementTypeOf } from './element-types.js';
import { type ArtifactFiles, externalRange } from './external-data.js';
import type { FileSparseTensor, FileTensor } from './file-schema.js';

export interface TensorRules {
  readonly maxConstantBytes: number;
  readonly artifact: ArtifactFiles;
}

const FIELDS = ['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data', 'stringData'] as const;
const FIXED_WIDTH = { floatData: 4, doubleData: 8 } as const;

/** Throws ModelError. @returns the external file that holds the data, if there is one. */
export function checkTensor(tensor: FileTensor, rules: TensorRules): string | undefined {
  const where = `the constant ${quoted(tensor.name)}`;
  if (tensor.segment)
    throw new ModelError('UNSUPPORTED_FEATURE', `${where} is stored in segments; save it in one piece`);
  const type = elementTypeOf(tensor.dataType);
  if (type === undefined) {
    throw new ModelError('UNSUPPORTED_TYPE', `${where} has element type ${tensor.dataType}, which ONNX does not have`);
  }
  const count = countOf(tensor.dims.map(fromWireInt64), where);
  const bytes = Math.ceil((count * type.bits) / 8);
  if (bytes > rules.maxConstantBytes) {
    throw new ModelError('TOO_LARGE', `${where} takes ${bytes} bytes, ${rules.maxConstantBytes} are allowed`);
  }
  if (tensor.dataLocation === EXTERNAL || tensor.externalData.length > 0) {
    if (type.bits === 0 || placesOf(tensor) > 0) {
      throw new ModelError('MALFORMED', `${where} has external data, and strings or data in the file as well`);
    }
    return externalRange(tensor.externalData, bytes, where, rules.artifact).path;
  }
  checkEmbeddedData(tensor, type, count, bytes, where);
  return undefined;
}

/** Throws ModelError. ONNX's two layouts: linear indices [n], or coordinates [n, rank]. */
export function checkSparseTensor(sparse: FileSparseTensor, rules: TensorRules): string[] {
  const { values, indices } = sparse;
  const where = `the sparse constant ${quoted(values?.name ?? '')}`;
  if (!values || !indices || fromOnnxElemType(indices.dataType) !== 'INT64' || values.dims.length !== 1) {
    throw new ModelError('MALFORMED', `${where} must have values [n] and indices of type int64`);
  }
  const dims = sparse.dims.map(fromWireInt64);
  const files = [checkTensor(values, rules), checkTensor(indices, rules)];
  if (files[1] !== undefined) throw new ModelError('EXTERNAL_DATA', `${where} keeps its indices outside; embed them`);
  const bits = elementTypeOf(values.dataType)?.bits ?? 0;
  if (countOf(dims, where) * (bits / 8) > rules.maxConstantBytes) {
    throw new ModelError('TOO_LARGE', `${where} takes more than ${rules.maxConstantBytes} bytes when it is dense`);
  }
  checkIndices(readInt64s(indices), dims, Number(fromWireInt64(values.dims[0]!)), indices.dims.length, where);
  return files.filter(file => file !== undefined);
}

function checkIndices(
  indices: Iterable<bigint>,
  dims: readonly (number | bigint)[],
  count: number,
  rank: number,
  where: string,
) {
  const bounds = rank === 1 ? [dims.reduce<bigint>((all, dim) => all * BigInt(dim), 1n)] : dims.map(BigInt);
  let at = 0;
  for (const index of indices) {
    const bound = bounds[at++ % bounds.length] ?? 0n;
    if (index < 0n || index >= bound) {
      throw new ModelError('MALFORMED', `${where} writes at index ${index}, but has indices 0 to ${bound - 1n}`);
    }
  }
  if (rank > 2 || at !== count * bounds.length) {
    throw new ModelError('MALFORMED', `${where} has ${count} values and ${at} numbers in its indices`);
  }
}

function countOf(dims: readonly (number | bigint)[], where: string): number {
  let count = 1;
  for (const dim of dims) {
    if (dim < 0) throw new ModelError('MALFORMED', `${where} has a negative dimension: [${dims.join(',')}]`);
    count *= Number(dim);
  }
  if (!Number.isSafeInteger(count))
    throw new ModelError('TOO_LARGE', `${where} has the dimensions [${dims.join(',')}]`);
  return count;
}

/** Number of fields that hold data. */
function placesOf(tensor: FileTensor): number {
  const raw = (tensor.rawData?.byteLength ?? 0) > 0 ? 1 : 0;
  return (
    raw + FIELDS.filter(field => tensor[field].some(chunk => field === 'stringData' || chunk.byteLength > 0)).length
  );
}

function checkEmbeddedData(tensor: FileTensor, type: ElementType, count: number, bytes: number, where: string): void {
  const raw = tensor.rawData?.byteLength ?? 0;
  const shape = `${type.name} [${tensor.dims.map(fromWireInt64).join(',')}]`;
  if (placesOf(tensor) > 1) throw new ModelError('MALFORMED', `${where} has its data twice`);
  if (raw > 0) {
    if (type.bits === 0 || raw !== bytes) {
      throw new ModelError('MALFORMED', `${where} is ${shape} and needs ${bytes} bytes, received ${raw}`);
    }
    return;
  }
  const needed = Math.ceil(count / type.perEntry);
  const received = entriesOf(tensor, type.field);
  if (received !== needed || placesOf(tensor) !== (received > 0 ? 1 : 0)) {
    throw new ModelError('MALFORMED', `${where} is ${shape} and needs ${needed} elements, received ${received}`);
  }
}

function entriesOf(tensor: FileTensor, field: ElementType['field']): number {
  if (field === 'stringData') return tensor.stringData.length;
  if (field === 'floatData' || field === 'doubleData') {
    return tensor[field].reduce((sum, chunk) => sum + chunk.byteLength / FIXED_WIDTH[field], 0);
  }
  let entries = 0;
  for (const chunk of tensor[field]) for (const byte of chunk) if (byte < 128) entries++;
  return entries;
}

/** The elements of an int64 tensor whose data is in the file. */
export function* readInt64s(tensor: FileTensor): Generator<bigint> {
  const raw = tensor.rawData;
  if (raw !== undefined && raw.byteLength > 0) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    for (let offset = 0; offset + 8 <= raw.byteLength; offset += 8) yield view.getBigInt64(offset, true);
    return;
  }
  let value = 0n;
  let shift = 0n;
  for (const chunk of tensor.int64Data) {
    for (const byte of chunk) {
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte >= 128) continue;
      yield BigInt.asIntN(64, value);
      [value, shift] = [0n, 0n];
    }
  }
}
