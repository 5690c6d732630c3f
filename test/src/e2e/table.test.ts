import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectChunks, columnTensors, infer, type NamedRow } from '@athanor/client';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import { readSafetensors, type Tensor } from '@athanor/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { component, createJob, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';

// A generated table with a column for every transform: what a client gets for raw rows, missing and unseen values
// included, equals what was evaluated.

/** The column that each kind of transform encodes; a new kind needs one here. */
const COLUMN_OF: Readonly<Record<string, string>> = {
  standard: 'temperature',
  'min-max': 'height',
  robust: 'income',
  quantile: 'distance',
  impute: 'age',
  clip: 'speed',
  'one-hot': 'city',
  ordinal: 'size',
  'category-index': 'shop',
  hash: 'street',
  boolean: 'member',
  'date-parts': 'since',
};
/** Of images and other tensors, and the choice of the others. */
const NOT_OF_TABLES = ['pixels', 'image', 'vector-standard', 'auto'];
const COLUMNS = Object.values(COLUMN_OF);
const TEST_ROWS = 150;

/** Deterministic; about one value in nine is missing. */
function rowAt(index: number): Record<string, string> {
  const part = (factor: number) => ((index * factor) % 997) / 997;
  const unless = (factor: number, text: string) => ((index * factor) % 9 === 4 ? '' : text);
  const row = {
    temperature: unless(3, String(40 * part(31) - 10)),
    height: unless(5, String(1.5 + part(57) / 2)),
    income: unless(7, String(Math.round(1e5 * part(113) ** 3))),
    distance: unless(17, String(Math.exp(8 * part(37)))),
    age: unless(2, String(18 + Math.floor(60 * part(71)))),
    speed: unless(8, String(100 * part(19) ** 5)),
    city: unless(4, ['Köln', 'Paris', 'Rome', 'Oslo'][Math.floor(4 * part(23))] ?? ''),
    size: unless(10, ['s', 'm', 'l'][Math.floor(3 * part(41))] ?? ''),
    shop: unless(11, `shop ${Math.floor(90 * part(83))}`),
    street: unless(13, `street ${Math.floor(40 * part(67))}`),
    member: unless(14, part(29) > 0.5 ? 'yes' : 'no'),
    since: unless(16, new Date(Date.UTC(2000, 0, 1) + 6e11 * part(47)).toISOString()),
  };
  const sure = Number(row.age) > 50 || row.city === 'Rome';
  return { ...row, bought: sure ? 'yes' : 'no' };
}

function csvOf(rows: readonly Record<string, string>[]): string {
  return [[...COLUMNS, 'bought'], ...rows.map(row => [...COLUMNS, 'bought'].map(name => row[name]))].join('\n');
}

let home: string;
let mesh: TestMesh;
let dataset: DatasetVersion;
let version: ModelVersion;
// The last rows have values that no training row has.
const testRows = Array.from({ length: TEST_ROWS }, (_, index) => {
  const row = rowAt(10_000 + index);
  return index < TEST_ROWS - 20 ? row : { ...row, city: 'Atlantis', size: 'xxl', shop: 'nowhere', street: 'none' };
});

beforeAll(async () => {
  home = await temporaryHome('table');
  mesh = await startMesh({ home });
  const [train, test] = [join(home, 'train.csv'), join(home, 'test.csv')];
  await writeFile(train, csvOf(Array.from({ length: 900 }, (_, index) => rowAt(index))));
  await writeFile(test, csvOf(testRows));
  const options = ['--test', test, '--target', 'bought', '-o', 'json'];
  const imported = await runAthanor(['--home', home, 'dataset', 'import', 'table', train, ...options]);
  expect(imported.stderr).toContain('table v1');
  dataset = JSON.parse(imported.stdout) as DatasetVersion;
  const job = await createJob(mesh.client, 'table', {
    datasetId: 'table',
    model: component('mlp', { hidden: [16] }),
    transforms: Object.entries(COLUMN_OF).map(([kind, name]) => ({ columns: [name], transform: component(kind, {}) })),
    ...{ epochs: 3, batchSize: 32, seed: 1 },
  });
  expect(await waitForJob(mesh.client, job.jobId)).toMatchObject({ state: 'STATE_SUCCEEDED' });
  version = await versionOfJob(mesh.client, job.jobId);
  await serve(mesh.client, version);
}, 180_000);
afterAll(async () => {
  await mesh?.stop();
  await removeHome(home);
});

async function ask(rows: readonly NamedRow[]): Promise<{ probabilities: Float32Array; labels: string[] }> {
  const inputs = (version.signature?.inputs ?? []).map(({ name, datatype }) => ({
    ...{ name, datatype },
    kind: version.signature?.columns.find(column => column.name === name)?.type?.kind ?? '',
  }));
  const { outputs } = await infer(mesh.client.inference, { modelName: 'table', inputs: columnTensors(inputs, rows) });
  const labels = ((outputs.get('label')?.data ?? []) as readonly Uint8Array[]).map(label =>
    Buffer.from(label).toString(),
  );
  return { probabilities: outputs.get('probabilities')?.data as Float32Array, labels };
}

async function askAll(batch: number): Promise<Float32Array> {
  const all: number[] = [];
  for (let begin = 0; begin < TEST_ROWS; begin += batch)
    all.push(...(await ask(testRows.slice(begin, begin + batch))).probabilities);
  return Float32Array.from(all);
}

async function evaluated(): Promise<{ probabilities: Float32Array; batchSize: number }> {
  const evaluation = version.evaluations.find(({ split }) => split === 'test');
  const request = { versionDigest: version.digest, fileDigest: evaluation?.predictionsDigest ?? '' };
  const bytes = await collectChunks(mesh.client.registry.readModelFile(request));
  const { data } = readSafetensors(bytes).tensors.get('probabilities') as Tensor<'FP32'>;
  return { probabilities: data, batchSize: evaluation?.batchSize ?? 0 };
}

describe('a table with a column for every transform', () => {
  it('has one for each kind that the service lists', async () => {
    const { kinds } = await mesh.client.training.listComponents({ family: 'transform' });
    const listed = kinds.map(({ kind }) => kind).filter(kind => !NOT_OF_TABLES.includes(kind));
    expect(listed.sort()).toEqual(Object.keys(COLUMN_OF).sort());
  });

  it('has types, missing values and the given test rows', () => {
    const kinds = dataset.columns.map(({ column }) => [column?.name, column?.type?.kind]);
    expect(Object.fromEntries(kinds)).toMatchObject({ temperature: 'number', city: 'category', since: 'timestamp' });
    expect(dataset.columns.filter(({ column }) => column?.role === 'input').map(({ column }) => column?.name)).toEqual(
      COLUMNS,
    );
    expect(dataset.splits.find(({ split }) => split === 'test')?.rows).toBe(TEST_ROWS);
  });

  it('serves exactly what was evaluated at equal batch size, and 1e-6 at others; unseen and missing values included', async () => {
    const { probabilities, batchSize } = await evaluated();
    // The evaluation fills its last batch up.
    const whole = Math.floor(TEST_ROWS / batchSize) * batchSize * 2;
    expect((await askAll(batchSize)).subarray(0, whole)).toEqual(probabilities.subarray(0, whole));
    for (const batch of [1, 7, 64]) {
      const served = await askAll(batch);
      const difference = served.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - probabilities[index]!)),
        0,
      );
      expect(difference).toBeLessThanOrEqual(1e-6);
    }
  });

  it('serves class names, whose accuracy is the evaluation’s', async () => {
    const { labels } = await ask(testRows.slice(0, 64));
    expect(new Set([...labels, 'yes', 'no'])).toEqual(new Set(['yes', 'no']));
    const all: string[] = [];
    for (let begin = 0; begin < TEST_ROWS; begin += 64)
      all.push(...(await ask(testRows.slice(begin, begin + 64))).labels);
    const right = all.filter((label, index) => label === testRows[index]?.bought).length;
    const accuracy = version.evaluations[0]?.metrics.find(({ name }) => name === 'accuracy')?.value;
    expect(right / TEST_ROWS).toBe(accuracy);
  });

  it('predicts a CSV file by column name in any order, and passes other columns through', async () => {
    const path = join(home, 'new.csv');
    const names = ['bought', ...[...COLUMNS].reverse()];
    const lines = testRows.slice(0, 70).map(row => names.map(name => row[name]).join(','));
    await writeFile(path, [names.join(','), ...lines].join('\n'));
    const { code, stdout, stderr } = await runAthanor(['--home', home, 'infer', 'table', '--csv', path]);
    expect(`${code} ${stderr}`).toBe('0 70 rows predicted by table\n');
    const [header, ...predicted] = stdout.trim().split('\n');
    expect(header).toBe([...names, 'probability_no', 'probability_yes', 'label'].join(','));
    expect(predicted).toHaveLength(70);
    const { labels } = await ask(testRows.slice(0, 64));
    expect(predicted.slice(0, 64).map(line => line.split(',').at(-1))).toEqual(labels);
  });

  it('is evaluated on another dataset, whose figures a gate can require', async () => {
    const cli = (...args: string[]) => runAthanor(['--home', home, ...args]);
    const path = join(home, 'later.csv');
    await writeFile(path, csvOf(Array.from({ length: 400 }, (_, index) => rowAt(20_000 + index))));
    expect((await cli('dataset', 'import', 'later', path, '--target', 'bought')).code).toBe(0);
    const done = await cli('model', 'evaluate', 'table', '1', '--dataset', 'later', '--slice', 'city');
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toMatch(/^On \d+ test rows: .*accuracy/);
    expect(done.stdout).toContain('Rome');
    expect(done.stderr).toContain('model gate table --dataset later --dataset-version 1');
    const described = await cli('model', 'describe', 'table', '--version', '1');
    expect(described.stdout).toMatch(/Dataset [0-9a-f]{12}, measured by job-\w+: On \d+ train rows/);
    expect(
      (await cli('model', 'gate', 'table', '--alias', 'next', '--dataset', 'later', '--threshold', '1')).code,
    ).toBe(0);
    const refused = await cli('model', 'promote', 'table', '1', '--alias', 'next');
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringMatching(/accuracy/) });
    const missing = await cli('model', 'evaluate', 'table', '7', '--dataset', 'later');
    expect(missing.code).toBe(3);
  }, 60_000);

  it.each([
    ['{"age": 39}', /missing: temperature, height/],
    [JSON.stringify({ ...rowAt(1), age: 'old' }), /row 0, column 'age': expected a number/],
    [JSON.stringify({ ...rowAt(1), since: '29.2.2020' }), /column 'since': expected a time in ISO 8601/],
  ])('refuses %s', async (json, message) => {
    const { code, stderr } = await runAthanor(['--home', home, 'infer', 'table', '--json', json]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
