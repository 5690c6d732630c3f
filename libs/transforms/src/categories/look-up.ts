// A number for each category: LabelEncoder compares the bytes of UTF-8 texts, so that the look-up is exact.

import { type Attribute, type GraphBuilder, int, ints, type Value } from '@athanor/onnx';
import { int64, type Tensor, tensor } from '@athanor/tensor';
import { cast } from '../dense.js';

/** What each category becomes; '' is a missing value, and of a BOOL column 'false' and 'true' are the categories. */
export interface LookUp {
  readonly numbers: ReadonlyMap<string, number>;
  /** What every other text becomes. */
  readonly unseen: number;
}

/** INT64 [n, 1] */
export function lookUpIntegers(g: GraphBuilder, raw: Value, table: LookUp): Value {
  const { keys, numbers } = withMissing(table);
  if (raw.dtype === 'BOOL') return ofBoolean(g, raw, tensor('INT64', [2], BigInt64Array.from(both(table), BigInt)));
  return labelEncoder(g, raw, 'INT64', {
    keys_strings: { kind: 'strings', value: keys },
    values_int64s: ints(numbers),
    default_int64: int(table.unseen),
  });
}

/** FP32 [n, 1] */
export function lookUpFloats(g: GraphBuilder, raw: Value, table: LookUp): Value {
  const { keys, numbers } = withMissing(table);
  if (raw.dtype === 'BOOL') return ofBoolean(g, raw, tensor('FP32', [2], Float32Array.from(both(table))));
  return labelEncoder(g, raw, 'FP32', {
    keys_strings: { kind: 'strings', value: keys },
    values_floats: { kind: 'floats', value: numbers },
    default_float: { kind: 'float', value: table.unseen },
  });
}

/** INT64 [n, 1] to FP32 [n, width]: 1 at the index, all 0 if that is not below the width. */
export function emitOneHot(g: GraphBuilder, index: Value, width: number): Value {
  const elements = Array.from({ length: width }, (_, element) => element);
  return cast(g, g.op('Equal', [index, g.constant(int64([width], elements))], { name: 'one_hot' }), 'FP32');
}

/** LabelEncoder needs at least one key. */
function withMissing({ numbers, unseen }: LookUp): { keys: string[]; numbers: number[] } {
  const entries = numbers.has('') ? [...numbers] : [...numbers, ['', unseen] as const];
  return { keys: entries.map(([key]) => key), numbers: entries.map(([, number]) => number) };
}

function both({ numbers, unseen }: LookUp): number[] {
  return ['false', 'true'].map(name => numbers.get(name) ?? unseen);
}

function ofBoolean(g: GraphBuilder, raw: Value, numbers: Tensor): Value {
  return g.op('Gather', [g.constant(numbers), cast(g, raw, 'INT64')]);
}

function labelEncoder(
  g: GraphBuilder,
  raw: Value,
  dtype: 'INT64' | 'FP32',
  attributes: Readonly<Record<string, Attribute>>,
): Value {
  const options = { domain: 'ai.onnx.ml', name: 'category', attributes };
  return g.opaque('LabelEncoder', [raw], [{ dtype, shape: raw.shape }], options)[0]!;
}
