import { byteSizeOf } from '../dtype.js';
import { bytesOf, type NumericTensor } from '../tensor.js';
import {
  HEADER_ALIGNMENT,
  LENGTH_BYTES,
  METADATA_KEY,
  SAFETENSORS_DTYPE,
  SafetensorsError,
  type SafetensorsFile,
} from './format.js';

type Entry = readonly [name: string, tensor: NumericTensor];

/** The same tensors and metadata give the same bytes, in whatever order they were inserted. */
export function writeSafetensors({ tensors, metadata = {} }: Partial<SafetensorsFile>): Uint8Array {
  const entries = canonicalOrder(tensors ?? new Map());
  const header = encodeHeader(entries, metadata);
  const dataBytes = entries.reduce((sum, [, value]) => sum + value.data.byteLength, 0);
  const file = new Uint8Array(LENGTH_BYTES + header.byteLength + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  file.set(header, LENGTH_BYTES);
  let offset = LENGTH_BYTES + header.byteLength;
  for (const [, value] of entries) {
    file.set(bytesOf(value), offset);
    offset += value.data.byteLength;
  }
  return file;
}

// Widest elements first, then by name: with an aligned header every tensor is aligned without holes between them.
function canonicalOrder(tensors: ReadonlyMap<string, NumericTensor>): Entry[] {
  return [...tensors].sort(
    ([nameA, a], [nameB, b]) => byteSizeOf(b.dtype) - byteSizeOf(a.dtype) || compareCodeUnits(nameA, nameB),
  );
}

function encodeHeader(entries: readonly Entry[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const fields: string[] = [];
  const metadataKeys = Object.keys(metadata).sort(compareCodeUnits);
  if (metadataKeys.length > 0) {
    const pairs = metadataKeys.map(key => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    fields.push(`"${METADATA_KEY}":{${pairs.join(',')}}`);
  }
  let begin = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    if (name === METADATA_KEY) throw new SafetensorsError(`a tensor cannot be named ${METADATA_KEY}`);
    const end = begin + data.byteLength;
    const entry = { dtype: SAFETENSORS_DTYPE[dtype], shape, data_offsets: [begin, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    begin = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = new Uint8Array(Math.ceil(json.byteLength / HEADER_ALIGNMENT) * HEADER_ALIGNMENT).fill(0x20);
  padded.set(json);
  return padded;
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
