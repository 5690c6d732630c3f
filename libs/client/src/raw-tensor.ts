// Raw tensor contents of the Open Inference Protocol: row-major, little-endian, no padding; BYTES elements each with a
// 32-bit length before them.

const VIEWS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  BF16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

export type Datatype = keyof typeof VIEWS | 'BYTES';

/** Values in the order of the row-major layout; FP16 and BF16 as their bits; BYTES as one buffer an element. */
export type TensorData = InstanceType<(typeof VIEWS)[keyof typeof VIEWS]> | readonly Uint8Array[];

export function encodeRaw({ datatype, data }: { datatype: Datatype; data: TensorData }): Buffer {
  if (datatype !== 'BYTES') {
    const view = data as InstanceType<(typeof VIEWS)[keyof typeof VIEWS]>;
    return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  }
  const parts = (data as readonly Uint8Array[]).flatMap(element => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(element.length);
    return [length, element];
  });
  return Buffer.concat(parts);
}

export function decodeRaw(datatype: Datatype, raw: Uint8Array): TensorData {
  if (datatype === 'BYTES') return decodeBytes(raw);
  const View = VIEWS[datatype];
  // A copy of its own: typed arrays must begin at a multiple of their element's size. (Buffer's slice() would be a view.)
  const copy = new Uint8Array(raw);
  if (copy.byteLength % View.BYTES_PER_ELEMENT !== 0) {
    throw new RangeError(
      `${datatype} contents have ${copy.byteLength} bytes, expected a multiple of ${View.BYTES_PER_ELEMENT}; they were cut off`,
    );
  }
  return new View(copy.buffer, 0, copy.byteLength / View.BYTES_PER_ELEMENT);
}

function decodeBytes(raw: Uint8Array): Uint8Array[] {
  const view = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const elements: Uint8Array[] = [];
  for (let offset = 0; offset < view.length; ) {
    const end = offset + 4 + (offset + 4 <= view.length ? view.readUInt32LE(offset) : 0);
    if (end > view.length) {
      throw new RangeError(`BYTES contents have ${view.length} bytes, their elements take ${end}; they were cut off`);
    }
    elements.push(view.subarray(offset + 4, end));
    offset = end;
  }
  return elements;
}

/** The values of nested arrays, flat, as the datatype has them. */
export function toTensorData(datatype: Datatype, values: readonly unknown[]): TensorData {
  if (datatype === 'BYTES') return values.map(value => Buffer.from(String(value)));
  // Their arrays hold bits, and JavaScript has no number of 16 bits to convert from on Node 20.
  if (datatype === 'FP16' || datatype === 'BF16') throw new TypeError(`numbers cannot be made ${datatype}; use FP32`);
  if (datatype === 'INT64' || datatype === 'UINT64')
    return VIEWS[datatype].from(values.map(value => BigInt(value as number)));
  return VIEWS[datatype].from(values.map(Number));
}
