// ONNX's conformance tests of ../shared: models with inputs and the outputs that they must give.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesOf, type DType, type Tensor, tensorFromBytes } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { ModelError } from '../errors.js';
import { fromTensor, type NdArray } from '../evaluate/nd-array.js';
import type { Graph, Model, ValueInfo } from '../model.js';
import { readModel } from '../wire/decode.js';
import { readTensorFile } from '../wire/tensor-file.js';

const set = fileURLToPath(new URL('../../../../../shared/data/onnx-conformance-a/', import.meta.url));

export const isAvailable = existsSync(join(set, 'tests.zip'));

export interface RecordedRun {
  readonly name: string;
  readonly file: Uint8Array;
  readonly model: Model;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Unpacks the set. @returns the folder, to be removed. */
export function unpack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  execFileSync('unzip', ['-q', join(set, 'tests.zip'), '-d', folder]);
  return folder;
}

/** All that the IR can hold; others are refused by their types. */
export function* recordedRuns(folder: string): Generator<RecordedRun> {
  const recorded: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(join(set, 'expected-ort-1.32.0.json'), 'utf8'),
  );
  for (const name of Object.keys(recorded)) {
    const file = readFileSync(join(folder, name, 'model.onnx'));
    try {
      const model = readModel(file);
      const read = (kind: string, values: readonly ValueInfo[]) =>
        tensorsOf(join(folder, name, 'test_data_set_0'), kind, values);
      const { inputs, outputs } = model.graph;
      yield { name, file, model, inputs: read('input', inputs), outputs: read('output', outputs) };
    } catch (error) {
      if (!(error instanceof ModelError && error.code === 'UNSUPPORTED_TYPE')) throw error;
    }
  }
}

function tensorsOf(folder: string, kind: string, values: readonly ValueInfo[]): Record<string, Tensor> {
  const files = new Set(readdirSync(folder));
  const given = values
    .map(({ name }, index) => ({ name, file: `${kind}_${index}.pb` }))
    .filter(each => files.has(each.file));
  return Object.fromEntries(given.map(({ name, file }) => [name, readTensorFile(readFileSync(join(folder, file)))]));
}

const ORT_TYPES: { readonly [D in DType]?: ort.Tensor.Type } = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
};
const DTYPES = new Map(Object.entries(ORT_TYPES).map(([dtype, type]) => [type, dtype as DType]));

/** What ONNX Runtime computes, or undefined where it cannot load or run the model. */
export async function runInOrt(
  file: Uint8Array,
  inputs: RecordedRun['inputs'],
): Promise<Map<string, NdArray> | undefined> {
  try {
    const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
    const feeds = Object.entries(inputs).map(([name, value]) => [name, toOrt(value)]);
    const results = await session.run(Object.fromEntries(feeds));
    await session.release();
    return new Map(Object.entries(results).map(([name, value]) => [name, fromTensor(fromOrt(value))]));
  } catch {
    return undefined;
  }
}

function toOrt({ dtype, shape, data }: Tensor): ort.Tensor {
  const type = ORT_TYPES[dtype];
  if (type === undefined) throw new Error(`the runtime's binding has no ${dtype}`);
  return new ort.Tensor(type, data as never, shape);
}

function fromOrt({ type, dims, data }: ort.Tensor): Tensor {
  const dtype = DTYPES.get(type)!;
  if (dtype === 'BYTES') return { dtype, shape: dims, data: data as string[] };
  return tensorFromBytes(dtype, dims, bytesOf({ data } as never).slice()) as Tensor;
}

/** |received − expected| ≤ absolute + relative |expected|; the set's own tolerances, and the steps of 16-bit floats. */
const RELATIVE: { readonly [D in DType]?: number } = { FP16: 2e-3, BF16: 2 ** -7 };
const ABSOLUTE = 1e-5;

/** The first difference from the record in words; undefined if there is none. */
export function differenceFrom(
  expected: RecordedRun['outputs'],
  received: ReadonlyMap<string, NdArray>,
): string | undefined {
  for (const [name, record] of Object.entries(expected)) {
    const [want, have] = [fromTensor(record), received.get(name)];
    if (!have) return `"${name}" is missing`;
    const [wanted, had] = [want, have].map(({ dtype, shape }) => `${dtype} [${shape.join(',')}]`);
    if (wanted !== had) return `"${name}": expected ${wanted}, received ${had}`;
    const at = want.data.findIndex(
      (value: number | bigint | string, index: number) => !isClose(have.data[index]!, value, want.dtype),
    );
    if (at >= 0) return `"${name}" at ${at}: expected ${want.data[at]}, received ${have.data[at]}`;
  }
  return undefined;
}

function isClose(a: number | bigint | string, b: number | bigint | string, dtype: DType): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  return Math.abs(a - b) <= ABSOLUTE + (RELATIVE[dtype] ?? 1e-3) * Math.abs(b);
}

/** Operators of a graph and its bodies, as "domain:operator". */
export function operatorsOf(graph: Graph, into = new Set<string>()): Set<string> {
  for (const { op, domain, attributes } of graph.nodes) {
    into.add(domain === '' ? op : `${domain}:${op}`);
    for (const each of Object.values(attributes)) if (each.kind === 'graph') operatorsOf(each.value, into);
  }
  return into;
}
