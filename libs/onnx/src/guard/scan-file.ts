// Walks the wire format of an ONNX file once, without recursion and without an allocation per field, before a decoder sees
// it. What would differ between readers (a field that occurs twice, which some merge and others replace), overflow a stack
// or take many times the file's size in memory is refused here, with the place in the file.

import protobuf from 'protobufjs';
import { ModelError } from '../errors.js';
import type { FileLimits } from './file-limits.js';
import { fileModelType } from './file-schema.js';

interface FieldLayout {
  readonly name: string;
  readonly wireType: number;
  readonly repeated: boolean;
  /** Bit masks of field numbers: itself, and all that must not occur besides it. */
  readonly bit: number;
  readonly exclusive: number;
  readonly message: Layout | undefined;
}

interface Layout {
  readonly name: string;
  readonly fields: (FieldLayout | undefined)[];
}

interface Frame {
  readonly layout: Layout;
  readonly end: number;
  seen: number;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_BYTES: { readonly [wireType: number]: number } = { 1: 8, 5: 4 };
// Of C++ and Python's protobuf; ONNX Runtime cannot read more.
const MAX_MESSAGE_DEPTH = 100;

const modelLayout = layoutOf(fileModelType, new Map());

/** Throws ModelError. */
export function scanFile(bytes: Uint8Array, limits: Pick<FileLimits, 'maxEntries'>): void {
  const stack: Frame[] = [{ layout: modelLayout, end: bytes.byteLength, seen: 0 }];
  let position = 0;
  let entries = 0;

  function varint(end: number): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (position >= end || factor > 2 ** 63) throw damaged(position, stack.at(-1)!);
      const byte = bytes[position++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  function enter(frame: Frame, start: number, length: number, field: FieldLayout | undefined): void {
    if (length > frame.end - position) throw damaged(start, frame);
    if (field?.message === undefined) {
      // A packed field has an element per byte at the most; of names and bytes there is one.
      entries += field !== undefined && field.wireType !== LENGTH_DELIMITED ? length : 1;
      position += length;
      return;
    }
    entries++;
    if (stack.length > MAX_MESSAGE_DEPTH) {
      throw new ModelError('TOO_LARGE', `the file nests more than ${MAX_MESSAGE_DEPTH} messages (at byte ${start})`);
    }
    stack.push({ layout: field.message, end: position + length, seen: 0 });
  }

  while (stack.length > 0) {
    const frame = stack.at(-1)!;
    if (position === frame.end) {
      stack.pop();
      continue;
    }
    if (entries > limits.maxEntries) {
      throw new ModelError(
        'TOO_LARGE',
        `the file has more than ${limits.maxEntries} nodes, names and attribute values`,
      );
    }
    const start = position;
    const tag = varint(frame.end);
    const wireType = tag % 8;
    const field = frame.layout.fields[Math.floor(tag / 8)];
    if (tag < 8) throw damaged(start, frame);
    if (field !== undefined) note(frame, field, wireType, start);
    if (wireType === LENGTH_DELIMITED) enter(frame, start, varint(frame.end), field);
    else if (wireType === VARINT) varint(frame.end);
    else if (FIXED_BYTES[wireType] !== undefined) position += FIXED_BYTES[wireType];
    else throw damaged(start, frame);
    if (wireType !== LENGTH_DELIMITED) entries++;
    if (position > frame.end) throw damaged(start, frame);
  }
}

function note(frame: Frame, field: FieldLayout, wireType: number, start: number): void {
  const packed = wireType === LENGTH_DELIMITED && field.repeated;
  if (wireType !== field.wireType && !packed) throw damaged(start, frame);
  if (field.repeated) return;
  if ((frame.seen & field.exclusive) !== 0) {
    const message = `${frame.layout.name}.${field.name} occurs twice in one message (at byte ${start})`;
    throw new ModelError('MALFORMED', `${message}: readers disagree on what that means; write the file again`);
  }
  frame.seen |= field.bit;
}

function damaged(position: number, { layout }: Frame): ModelError {
  return new ModelError(
    'MALFORMED',
    `the file is not a complete ONNX model: ${layout.name} is cut or damaged at byte ${position}; copy it again`,
  );
}

function layoutOf(type: protobuf.Type, known: Map<protobuf.Type, Layout>): Layout {
  const existing = known.get(type);
  if (existing !== undefined) return existing;
  const layout: Layout = { name: type.name, fields: [] };
  known.set(type, layout);
  for (const field of type.fieldsArray) {
    field.resolve();
    const bit = bitOf(field);
    const others = field.partOf?.fieldsArray.map(bitOf) ?? [bit];
    layout.fields[field.id] = {
      name: field.name,
      wireType: wireTypeOf(field),
      repeated: field.repeated,
      bit,
      exclusive: others.reduce((mask, other) => mask | other, 0),
      message: field.resolvedType instanceof protobuf.Type ? layoutOf(field.resolvedType, known) : undefined,
    };
  }
  return layout;
}

// All field numbers of onnx.proto are below 32.
function bitOf({ id }: protobuf.Field): number {
  return 1 << id;
}

function wireTypeOf(field: protobuf.Field): number {
  if (field.resolvedType instanceof protobuf.Enum) return VARINT;
  return protobuf.types.basic[field.type as keyof typeof protobuf.types.basic] ?? LENGTH_DELIMITED;
}
