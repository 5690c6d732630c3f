import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type InferTensor, infer } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import {
  conformanceTest,
  firstDifference,
  recordedArrays,
  type SweepResult,
  sweep,
} from '@athanor/model-import/recorded';
import type { Tensor } from '@athanor/tensor';
import { untilReady } from '../mesh/main-job.js';
import { runAthanor, runCommand } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { DATA } from './table-sets.js';

const SETS = ['onnx-models', 'sklearn-exports'] as const;
const CALLS = 50;
/** As recorded with another version of ONNX Runtime. */
const TOLERANCE = { relative: 1e-3, absolute: 1e-5 };

type Print = (text: string) => void;

/** Imports every shared model by its command and asks the deployed ones. Returns the exit code. */
export async function examplesOfServing(names: readonly string[], print: Print): Promise<number> {
  if (!existsSync(DATA) || (await runCommand('unzip', ['-v'])).code !== 0) {
    print(`skipped: it needs ${DATA} and unzip\n`);
    return 0;
  }
  const home = await temporaryHome('serve');
  const mesh = await startMesh({ home });
  const isWanted = (name: string) => names.length === 0 || names.includes(name);
  let failed = 0;
  try {
    print('| model | imported | batching | outputs | p50 ms |\n|---|---|---|---|---:|\n');
    for (const set of SETS) {
      for (const file of (await readdir(join(DATA, set))).filter(each => each.endsWith('.onnx'))) {
        if (isWanted(basename(file, '.onnx'))) failed += await serveOne({ mesh, home, print }, join(DATA, set), file);
      }
    }
    if (isWanted('hostile')) failed += await importHostile({ mesh, home, print });
    if (isWanted('conformance')) failed += await sweepConformance(home, print);
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
  return failed === 0 ? 0 : 1;
}

interface Scope {
  readonly mesh: TestMesh;
  readonly home: string;
  readonly print: Print;
}

/** @returns 1 if its outputs are not the recorded ones. */
async function serveOne({ mesh, home, print }: Scope, folder: string, file: string): Promise<number> {
  const title = basename(file, '.onnx');
  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const row = (...cells: string[]) => print(`| ${[title, ...cells].join(' | ')} |\n`);
  const imported = await runAthanor([
    '--home',
    home,
    'model',
    'import',
    name,
    join(folder, file),
    '--deploy',
    '-o',
    'json',
  ]);
  if (imported.code !== 0) {
    row(`refused: ${oneLine(imported.stderr)}`, '', '', '');
    return 1;
  }
  const version = JSON.parse(imported.stdout) as ModelVersion;
  const recorded = await readRecord(home, folder, title);
  const inputs = version.signature!.inputs.map(({ name: input }) => toInferTensor(input, recorded.inputs[input]!));
  await untilReady(mesh.client, name);
  const request = { modelName: name, inputs };
  const { outputs } = await infer(mesh.client.inference, request);
  const differences = Object.entries(recorded.outputs).flatMap(([output, expected]) => {
    const received = outputs.get(output);
    if (received === undefined) return [`${output}: it is not in the answer`];
    const difference = firstDifference(toTensor(received), expected, TOLERANCE);
    return difference === undefined ? [] : [`${output}: ${difference}`];
  });
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const begun = performance.now();
    await infer(mesh.client.inference, request);
    times.push(performance.now() - begun);
  }
  const p50 = times.sort((a, b) => a - b)[CALLS / 2]!;
  const batching = version.batching?.enabled === true ? 'yes' : 'no';
  row(`v${version.version}`, batching, differences.join('; ') || 'equal', p50.toFixed(2));
  await runAthanor(['--home', home, 'deployment', 'delete', name]);
  return differences.length === 0 ? 0 : 1;
}

async function readRecord(home: string, folder: string, title: string) {
  const arrays = join(home, 'arrays', title);
  await mkdir(arrays, { recursive: true });
  await runCommand('unzip', ['-q', '-o', join(folder, `${title}.ref.npz`), '-d', arrays]);
  return await recordedArrays(title, folder, arrays).readRun({ inputs: [], outputs: [] });
}

function toInferTensor(name: string, { dtype, shape, data }: Tensor): InferTensor {
  return {
    name,
    datatype: dtype,
    shape,
    data: dtype === 'BYTES' ? data.map(text => Buffer.from(text)) : data,
  } as InferTensor;
}

function toTensor({ datatype, shape, data }: InferTensor): Tensor {
  return { dtype: datatype, shape, data: datatype === 'BYTES' ? Array.from(data, String) : data } as Tensor;
}

/** Files that a guard must refuse, or that must harm nothing when they run. @returns the number that went wrong. */
async function importHostile({ mesh, home, print }: Scope): Promise<number> {
  const folder = join(DATA, 'hostile');
  const manifest = JSON.parse(await readFile(join(folder, 'MANIFEST.json'), 'utf8')) as Record<string, HostileFile>;
  print('\n| hostile model | asked for | outcome |\n|---|---|---|\n');
  for (const [file, { kind, guard_should: wanted }] of Object.entries(manifest)) {
    if (!kind.startsWith('model')) continue;
    const path = join(home, 'model.onnx');
    if (file.endsWith('.gz')) await writeFile(path, gunzipSync(await readFile(join(folder, file))));
    else await copyFile(join(folder, file), path);
    const { code, stdout, stderr } = await runAthanor([
      '--home',
      home,
      'model',
      'import',
      'hostile',
      path,
      '-o',
      'json',
    ]);
    const { batching } = code === 0 ? (JSON.parse(stdout) as ModelVersion) : { batching: null };
    print(
      `| ${file} | ${wanted} | ${code === 0 ? `imported; ${batching?.reason}` : `refused: ${oneLine(stderr)}`} |\n`,
    );
  }
  // Everything else lives.
  return (await mesh.client.inference.serverLive({})).live ? 0 : 1;
}

interface HostileFile {
  readonly kind: string;
  readonly guard_should: string;
}

/** By the library that the command uses, in one process: a command for each of a thousand models would take half an hour. */
async function sweepConformance(home: string, print: Print): Promise<number> {
  const set = join(DATA, 'onnx-conformance-a');
  const folder = join(home, 'conformance');
  await runCommand('unzip', ['-q', join(set, 'tests.zip'), '-d', folder]);
  const recorded = JSON.parse(await readFile(join(set, 'expected-ort-1.32.0.json'), 'utf8')) as Record<string, string>;
  const models = Object.keys(recorded).map(name => conformanceTest(name, join(folder, name)));
  const results: SweepResult[] = [];
  const options = { tolerance: TOLERANCE, signal: AbortSignal.timeout(600_000) };
  for await (const result of sweep(models, options)) results.push(result);
  print('\n| conformance, recorded as | imported, outputs equal | other outcomes |\n|---|---:|---|\n');
  for (const kind of new Set(Object.values(recorded).map(firstWord))) {
    const own = results.filter(({ name }) => firstWord(recorded[name]!) === kind);
    const others = new Map<string, number>();
    for (const { outcome, code } of own.filter(each => each.outcome !== 'served')) {
      const why = code === '' ? outcome : code;
      others.set(why, (others.get(why) ?? 0) + 1);
    }
    const served = own.filter(({ outcome }) => outcome === 'served').length;
    print(
      `| ${kind} | ${served} of ${own.length} | ${[...others].map(([why, count]) => `${why} ${count}`).join(', ')} |\n`,
    );
  }
  return 0;
}

const firstWord = (text: string) => text.split(/[ :(]/)[0]!;
const oneLine = (text: string) => text.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
