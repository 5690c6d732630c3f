// The fields that routing needs: every request of the Open Inference Protocol about a model has its name in field 1,
// and ModelInferRequest has its id in field 3. The rest is forwarded unchanged.

const NAME_TAG = 0x0a; // field 1, length-delimited
const ID_TAG = 0x1a; // field 3, length-delimited
const MAX_VARINT_BYTES = 5;

/** Undefined if the bytes are not a protobuf message; empty if no name is set. The last occurrence wins. */
export function readModelName(bytes: Uint8Array): string | undefined {
  return readText(bytes, NAME_TAG);
}

/** Like `readModelName`, for a ModelInferRequest. */
export function readRequestId(bytes: Uint8Array): string | undefined {
  return readText(bytes, ID_TAG);
}

function readText(bytes: Uint8Array, wanted: number): string | undefined {
  const reader = { bytes, position: 0 };
  let text = '';
  while (reader.position < bytes.length) {
    const tag = readVarint(reader);
    if (tag === undefined || tag >>> 3 === 0) return undefined;
    const begin = skip(reader, tag & 7);
    if (begin === undefined) return undefined;
    if (tag === wanted) {
      text = Buffer.from(bytes.buffer, bytes.byteOffset + begin, reader.position - begin).toString('utf8');
      // Encoders write fields in the order of their numbers, so no later field can be the name or id: tensors are not
      // scanned.
      if (reader.position === bytes.length || bytes[reader.position] !== wanted) return text;
    }
  }
  return text;
}

interface Reader {
  readonly bytes: Uint8Array;
  position: number;
}

/** Skips a field. @returns the offset of its content; undefined if it exceeds the message. */
function skip(reader: Reader, wireType: number): number | undefined {
  const length = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? readVarint(reader) : undefined;
  const begin = reader.position;
  if (wireType === 0) {
    while (reader.position < reader.bytes.length) if (reader.bytes[reader.position++]! < 0x80) return begin;
    return undefined;
  }
  if (length === undefined || length > reader.bytes.length - begin) return undefined;
  reader.position += length;
  return begin;
}

function readVarint(reader: Reader): number | undefined {
  let value = 0;
  for (let count = 0; count < MAX_VARINT_BYTES && reader.position < reader.bytes.length; count++) {
    const byte = reader.bytes[reader.position++]!;
    value += (byte & 0x7f) * 2 ** (7 * count);
    if (byte < 0x80) return value;
  }
  return undefined;
}
