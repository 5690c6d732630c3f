// google.protobuf.Struct and plain JSON. A Struct's numbers are doubles; int64 values are decimal strings by convention.

import type { ListValueInput } from './gen/google/protobuf/ListValue.js';
import type { Struct, StructInput } from './gen/google/protobuf/Struct.js';
import type { Value, ValueInput } from './gen/google/protobuf/Value.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** Members that are undefined are left out, as in JSON. */
export function toStruct(value: object): StructInput {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return { fields: Object.fromEntries(entries.map(([name, member]) => [name, toValue(member)])) };
}

function toValue(value: unknown): ValueInput {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } satisfies ListValueInput };
  if (typeof value === 'object') return { structValue: toStruct(value as object) };
  throw new TypeError(`expected JSON, received ${typeof value}`);
}

export function fromStruct(struct: Struct | null | undefined): JsonObject {
  return Object.fromEntries(Object.entries(struct?.fields ?? {}).map(([name, value]) => [name, fromValue(value)]));
}

function fromValue(value: Value): Json {
  switch (value.kind) {
    case 'numberValue':
      return value.numberValue ?? 0;
    case 'stringValue':
      return value.stringValue ?? '';
    case 'boolValue':
      return value.boolValue ?? false;
    case 'structValue':
      return fromStruct(value.structValue);
    case 'listValue':
      return (value.listValue?.values ?? []).map(fromValue);
    default:
      return null;
  }
}
