import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectChunks, columnTensors, encodeRaw, type NamedRow } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import { component, createJob, importIdx, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { checkedRun, figuresOf, hasH2load, type Measured, prepareLoad, shareOf } from './h2load.js';
import type { Row } from './table.js';

const LEVEL = { concurrency: 32, clients: 4, streams: 8, requests: 40_000 };
const REPEATS = 5;
const ROWS = 4_000;

/** The columns of the adult census, in its order, with made-up values. */
const CATEGORIES: Readonly<Record<string, number>> = {
  workclass: 9,
  education: 16,
  'marital-status': 7,
  occupation: 15,
  relationship: 6,
  race: 5,
  sex: 2,
  'native-country': 42,
};
const NUMBERS = ['age', 'fnlwgt', 'education-num', 'capital-gain', 'capital-loss', 'hours-per-week'];
const COLUMNS = [...NUMBERS, ...Object.keys(CATEGORIES)];

/**
 * Requests per second for a row of 14 raw columns, beside the same network (64, 64) that takes the encoded width as one
 * vector; both loaded by h2load in turns.
 */
export async function benchTableServing(): Promise<Row[]> {
  if (!(await hasH2load())) return [{ name: 'not run (h2load is missing: nghttp2-client)', figures: {} }];
  const home = await temporaryHome('bench-table');
  const mesh = await startMesh({ home, env: { ATHANOR_LOG_LEVEL: 'warn' } });
  try {
    const columns = await trainColumns(mesh, home);
    const width = await encodedWidth(mesh, columns);
    await trainVector(mesh, home, width);
    const named = (columns.signature?.inputs ?? []).map(({ name, datatype }) => ({
      ...{ name, datatype },
      kind: columns.signature?.columns.find(column => column.name === name)?.type?.kind ?? '',
    }));
    const tensors = columnTensors(named, [rowAt(1)]);
    const raw = tensors.map(each => ({ ...each, bytes: encodeRaw(each) }));
    const vector = { name: 'image', datatype: 'UINT8', shape: [1, width], bytes: Buffer.alloc(width, 1) };
    const loads = {
      columns: await prepareLoad(mesh, { home, modelName: 'columns', inputs: raw }),
      vector: await prepareLoad(mesh, { home, modelName: 'vector', inputs: [vector] }),
    };
    const runs = { columns: [] as Measured[], vector: [] as Measured[] };
    const address = mesh.state.addresses.inference;
    // Compiled just in time: the first runs are not counted.
    for (const load of Object.values(loads)) await checkedRun(LEVEL, { mesh, load, address });
    for (let repeat = 0; repeat < REPEATS; repeat++)
      for (const name of ['vector', 'columns'] as const)
        runs[name].push(await checkedRun(LEVEL, { mesh, load: loads[name], address }));
    return [
      {
        name: '14 raw columns, 32 in flight',
        figures: { ...figuresOf(runs.columns), share: shareOf(runs.columns, runs.vector), target: 0.6 },
      },
      { name: `the same network fed ${width} encoded values as one vector`, figures: figuresOf(runs.vector) },
    ];
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
}

function rowAt(index: number): NamedRow {
  const numbers = NUMBERS.map((name, column): [string, number] => [name, (index * (7 + column)) % 89]);
  const categories = Object.entries(CATEGORIES).map(([name, count], column): [string, string] => [
    name,
    `${name} ${(index * (column + 3)) % count}`,
  ]);
  return Object.fromEntries([...numbers, ...categories]);
}

async function trainColumns(mesh: TestMesh, home: string): Promise<ModelVersion> {
  const path = join(home, 'columns.csv');
  const lines = Array.from({ length: ROWS }, (_, index) => {
    const row = rowAt(index);
    return [...COLUMNS.map(name => row[name]), Number(row.age) > 40 ? 'yes' : 'no'].join(',');
  });
  await writeFile(path, [[...COLUMNS, 'target'].join(','), ...lines].join('\n'));
  const imported = await runAthanor(['--home', home, 'dataset', 'import', 'columns', path, '--target', 'target']);
  if (imported.code !== 0) throw new Error(imported.stderr);
  return await trainAndServe(mesh, 'columns');
}

async function trainVector(mesh: TestMesh, home: string, width: number): Promise<void> {
  const folder = join(home, 'vector');
  await mkdir(folder, { recursive: true });
  for (const [prefix, rows] of [
    ['train', ROWS],
    ['t10k', 200],
  ] as const) {
    const values = Uint8Array.from({ length: rows * width }, (_, index) => (index * 7919 + (index % 13)) % 251);
    const labels = Uint8Array.from({ length: rows }, (_, index) => index % 2);
    await writeFile(join(folder, `${prefix}-images-idx3-ubyte`), idx([rows, width], values));
    await writeFile(join(folder, `${prefix}-labels-idx1-ubyte`), idx([rows], labels));
  }
  await importIdx(mesh.client, 'vector', folder);
  await trainAndServe(mesh, 'vector');
}

function idx(shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, values]);
}

async function trainAndServe(mesh: TestMesh, name: string): Promise<ModelVersion> {
  const { jobId } = await createJob(mesh.client, name, {
    ...{ datasetId: name, model: component('mlp', { hidden: [64, 64] }), epochs: 1, batchSize: 32, seed: 1 },
  });
  const job = await waitForJob(mesh.client, jobId);
  if (job.state !== 'STATE_SUCCEEDED') throw new Error(`${name}: ${JSON.stringify(job.error)}`);
  const version = await versionOfJob(mesh.client, jobId);
  await serve(mesh.client, version);
  return version;
}

/** Elements of a row as the network takes it. */
async function encodedWidth(mesh: TestMesh, { digest, files }: ModelVersion): Promise<number> {
  const file = files.find(({ name }) => name === 'transforms.json');
  const request = { versionDigest: digest, fileDigest: file?.digest ?? '' };
  const bytes = await collectChunks(mesh.client.registry.readModelFile(request));
  const transforms = JSON.parse(bytes.toString()) as { encoding: { names?: string[]; cardinality?: number } }[];
  // An index becomes an embedding of the default size.
  const widths = transforms.map(({ encoding: { names, cardinality = 0 } }) =>
    names === undefined ? Math.round(1.6 * cardinality ** 0.56) : names.length,
  );
  return widths.reduce((sum, each) => sum + each, 0);
}
