import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { TrainingJob } from '@athanor/contracts/training';
import { serve, versionOfJob } from '../mesh/main-job.js';
import { runAthanor, runCommand } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { exportRows } from './export-rows.js';
import { DATA, TABLE_SETS, type TableSet } from './table-sets.js';

const SEEDS = [0, 1, 2, 3, 4];
const script = (name: string) => fileURLToPath(new URL(`../../src/examples/${name}`, import.meta.url));
/** Ours may be this much worse than scikit-learn's best, or two standard errors of the paired difference. */
const TOLERANCE = 0.01;

type Print = (text: string) => void;

interface Comparison {
  readonly ours: number;
  /** By Triton's client; of the first seed only. */
  readonly served?: number;
  readonly linear: number;
  readonly mlp: number;
}

/** Returns the exit code: 1 if a set is worse than it may be. */
export async function examplesOfTables(names: readonly string[], print: Print): Promise<number> {
  if (!existsSync(DATA)) {
    print(`skipped: ${DATA} is not there\n`);
    return 0;
  }
  const python = process.env.ATHANOR_EXAMPLES_PYTHON ?? 'python3';
  if ((await runCommand(python, ['-c', 'import sklearn, pandas, tritonclient.grpc'])).code !== 0) {
    print(
      `skipped: ${python} has no scikit-learn, pandas and tritonclient[grpc]; name another one with ATHANOR_EXAMPLES_PYTHON\n`,
    );
    return 0;
  }
  const sets = TABLE_SETS.filter(({ name }) => names.length === 0 || names.includes(name));
  const home = await temporaryHome('examples');
  const mesh = await startMesh({ home });
  let failed = 0;
  try {
    print(
      '| set | metric | ours (auto) | linear | mlp | ours − best | may be | evaluated, seed 0 | served | |\n|---|---|---|---|---|---|---|---|---|---|\n',
    );
    const notes: string[] = [];
    for (const set of sets) {
      const compared = await compareSet(mesh, home, python, set).catch((error: Error) => ({
        ...{ row: `| ${set.name} | failed |\n`, note: `${set.name}: ${error.message}\n`, isWithin: false },
      }));
      if (!compared.isWithin) failed++;
      print(compared.row);
      notes.push(compared.note);
    }
    print(`\n${notes.join('')}`);
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
  return failed === 0 ? 0 : 1;
}

async function compareSet(mesh: TestMesh, home: string, python: string, set: TableSet) {
  const runs: Comparison[] = [];
  let note = '';
  for (const seed of SEEDS) {
    const run = await compareOnce(mesh, home, { python, set, seed });
    runs.push(run.comparison);
    if (seed === SEEDS[0]) note = run.note;
  }
  const linear = mean(runs.map(run => run.linear));
  const mlp = mean(runs.map(run => run.mlp));
  const best = linear > mlp ? 'linear' : 'mlp';
  const differences = runs.map(run => run.ours - run[best]);
  const difference = mean(differences);
  const allowed = Math.max(TOLERANCE, 2 * standardError(differences));
  const [{ ours: evaluated, served = Number.NaN } = { ours: Number.NaN }] = runs;
  const isServedEqual = Math.abs(evaluated - served) < 1e-6;
  const isWithin = difference >= -allowed && isServedEqual;
  const remark = [...(difference >= -allowed ? [] : ['worse']), ...(isServedEqual ? [] : ['served differs'])];
  const cells = [
    ...[set.name, set.metric, figure(mean(runs.map(run => run.ours))), figure(linear), figure(mlp)],
    ...[figure(difference), `≥ ${figure(-allowed)}`, evaluated.toFixed(6), served.toFixed(6), remark.join(', ')],
  ];
  return { row: `| ${cells.join(' | ')} |\n`, note, isWithin };
}

interface Run {
  readonly python: string;
  readonly set: TableSet;
  readonly seed: number;
}

/** Import with another salt, train with another seed: the split and the weights differ, the rows of both contenders do not. */
async function compareOnce(mesh: TestMesh, home: string, { python, set, seed }: Run) {
  const athanor = async (...args: string[]) => {
    const { code, stdout, stderr } = await runAthanor(['--home', home, ...args, '-o', 'json']);
    if (code !== 0) throw new Error(`athanor ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as unknown;
  };
  const name = set.name.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, '');
  const paths = (files: readonly string[] = []) => files.map(file => join(DATA, file));
  const test = paths(set.testFiles).flatMap(path => ['--test', path]);
  const salt = ['--salt', String(seed)];
  const version = (await athanor(
    'dataset',
    'import',
    name,
    ...paths(set.files),
    ...set.importOptions,
    ...test,
    ...salt,
  )) as DatasetVersion;
  const options = ['--model', 'auto', '--seed', String(seed), ...set.trainOptions];
  const job = (await athanor('train', '--dataset', name, '--name', name, ...options, '--wait')) as TrainingJob;
  const metrics = job.result?.evaluation?.metrics ?? [];
  const ours = metrics.find(metric => metric.name === set.metric)?.value ?? Number.NaN;
  const { inputs = [], targets = [], task } = job.spec ?? {};
  const rows = await exportRows(mesh.client, name, version.version, [...inputs, ...targets]);
  const request = JSON.stringify({ ...rows, targets, task: task?.kind, seed });
  const fitted = await pipe(python, [script('scikit_learn.py')], request);
  const comparison = { ours, ...(JSON.parse(fitted) as Pick<Comparison, 'linear' | 'mlp'>) };
  const note = describe(set, version, job);
  if (seed !== SEEDS[0]) return { comparison, note };
  await serve(mesh.client, await versionOfJob(mesh.client, job.jobId));
  const ask = [script('served_metric.py'), mesh.state.addresses.inference, mesh.apiKey, name];
  return { comparison: { ...comparison, served: Number(await pipe(python, ask, request)) }, note };
}

function describe({ name }: TableSet, { rowsRead, splits, findings }: DatasetVersion, { result }: TrainingJob): string {
  const sizes = splits.map(({ split, rows }) => `${split} ${rows}`).join(', ');
  const found = findings.filter(({ rows, detail }) => rows > 0 || detail !== '');
  const kinds = [...new Set(found.map(({ check, rows }) => (rows > 0 ? `${check} ${rows}` : check)))].join(', ');
  return `${name}: ${rowsRead} rows read, ${sizes}; findings: ${kinds || 'none'}; chosen: ${result?.model?.kind}\n`;
}

function pipe(python: string, args: readonly string[], input: string): Promise<string> {
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.once('error', reject);
    child.once('close', code => (code === 0 ? resolve(output) : reject(new Error(`${args[0]} ended with ${code}`))));
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function figure(value: number): string {
  return value.toFixed(4);
}
