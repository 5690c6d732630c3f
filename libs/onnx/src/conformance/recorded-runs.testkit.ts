// ONNX's conformance tests of ../shared: models with inputs and the outputs that they must give.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSession } from '@athanor/runtime';
import type { DType, Tensor } from '@athanor/tensor';
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

/** What ONNX Runtime computes, or undefined where it cannot load or run the model. */
export async function runInOrt(
  file: Uint8Array,
  inputs: RecordedRun['inputs'],
): Promise<Map<string, NdArray> | undefined> {
  try {
    const session = await openSession(file, { intraOpThreads: 0 });
    const results = await session.run(inputs);
    await session.release();
    return new Map(Object.entries(results).map(([name, value]) => [name, fromTensor(value)]));
  } catch {
    return undefined;
  }
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
