// Raw tensor contents of the Open Inference Protocol: row-major, little-endian, no padding; BYTES elements have a
// 32-bit length prefix.

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

/** Values in row-major order; FP16 and BF16 as their bits; BYTES as one buffer per element. */
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
  // A copy: typed arrays must start at a multiple of their element size. (Buffer's slice() would be a view.)
  const copy = new Uint8Array(raw);
  if (copy.byteLength % View.BYTES_PER_ELEMENT !== 0) {
    throw new RangeError(
      `${datatype} contents have ${copy.byteLength} bytes, expected a multiple of ${View.BYTES_PER_ELEMENT}; they are truncated`,
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
      throw new RangeError(`BYTES contents have ${view.length} bytes, their elements take ${end}; they are truncated`);
    }
    elements.push(view.subarray(offset + 4, end));
    offset = end;
  }
  return elements;
}

/**
 * Flattens nested arrays to values of the datatype. JSON numbers are exact up to 2^53: INT64 and UINT64 accept decimal
 * strings too.
 *
 * @throws TypeError that names the first element that the datatype cannot hold, and what was expected.
 */
export function toTensorData(datatype: Datatype, values: readonly unknown[]): TensorData {
  // Their arrays hold bits, and Node 20 has no 16-bit floating-point type to convert from.
  if (datatype === 'FP16' || datatype === 'BF16')
    throw new TypeError(`numbers cannot be converted to ${datatype}; use FP32`);
  const convert = CONVERSIONS[datatype];
  if (convert === undefined) throw new TypeError(`the datatype '${datatype}' is not known`);
  const converted = values.map((value, index) => {
    const element = convert(value);
    if (typeof element === 'object' && 'expected' in element) {
      throw new TypeError(`element ${index}: ${datatype} expects ${element.expected}, got ${shown(value)}`);
    }
    return element;
  });
  if (datatype === 'BYTES') return converted as Uint8Array[];
  return datatype === 'INT64' || datatype === 'UINT64'
    ? VIEWS[datatype].from(converted as bigint[])
    : VIEWS[datatype].from(converted as number[]);
}

/** The expected value of a datatype, for the error message. */
interface Refusal {
  readonly expected: string;
}

type Conversion = (value: unknown) => number | bigint | Uint8Array | Refusal;

const CONVERSIONS: { readonly [D in Exclude<Datatype, 'FP16' | 'BF16'>]: Conversion } = {
  BOOL: value =>
    typeof value === 'boolean' || value === 0 || value === 1 ? Number(value) : { expected: 'true, false, 1 or 0' },
  UINT8: whole(0, 255),
  UINT16: whole(0, 65_535),
  UINT32: whole(0, 4_294_967_295),
  INT8: whole(-128, 127),
  INT16: whole(-32_768, 32_767),
  INT32: whole(-2_147_483_648, 2_147_483_647),
  UINT64: wide(0n, 2n ** 64n - 1n),
  INT64: wide(-(2n ** 63n), 2n ** 63n - 1n),
  FP32: value =>
    typeof value === 'number' && (Number.isFinite(Math.fround(value)) || !Number.isFinite(value))
      ? value
      : { expected: 'a number up to 3.4e38' },
  FP64: value => (typeof value === 'number' ? value : { expected: 'a number' }),
  BYTES: value => {
    if (value instanceof Uint8Array) return value;
    return typeof value === 'string' ? Buffer.from(value) : { expected: 'a string' };
  },
};

function whole(min: number, max: number): Conversion {
  const refusal = { expected: `a whole number from ${min} to ${max}` };
  return value =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max ? Number(value) : refusal;
}

function wide(min: bigint, max: bigint): Conversion {
  const refusal = { expected: `a whole number from ${min} to ${max}, past 2^53 as a string` };
  return value => {
    const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value) || /^-?\d+$/.test(text(value));
    if (!isWhole) return refusal;
    const converted = BigInt(value as bigint | number | string);
    return converted >= min && converted <= max ? converted : refusal;
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function shown(value: unknown): string {
  const form = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return form.length > 40 ? `${form.slice(0, 40)}…` : form;
}
