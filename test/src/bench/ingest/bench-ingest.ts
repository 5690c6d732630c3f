import { rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../../mesh/test-mesh.js';
import { median, type Row } from '../table.js';
import { type ImportRun, importFile } from './import-file.js';
import { findPeers, type Library, runPeer } from './peers.js';
import { sendToSink } from './send-to-sink.js';
import { writeBinaryTable, writeMixedTable } from './table-file.js';

const ROWS = 5_000_000;
const REPEATS = 3;
/** Rows that are imported while other calls are measured, as a multiple of the main table's: 1 GB by default. */
const LARGE_ROWS = 2;
const LIST_INTERVAL_MS = 10;

export const INGEST_USAGE =
  '--rows N: rows of the main table, 5,000,000 by default; the other sizes are multiples of it. --repeats N: default 3. --parts LIST: of mixed,binary,calls,growth';

const PARTS = { mixed: benchMixed, binary: benchBinary, calls: benchOtherCalls, growth: benchGrowth } as const;

/** Imports compared with polars and pandas, other calls during an import, uploads, and how time grows with rows. */
export async function benchIngest(args: readonly string[], print: (text: string) => void): Promise<Row[]> {
  const options = {
    rows: { type: 'string', default: String(ROWS) },
    repeats: { type: 'string', default: String(REPEATS) },
    parts: { type: 'string', default: Object.keys(PARTS).join(',') },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [rows, repeats] = [Number(values.rows), Number(values.repeats)];
  if (!(Number.isInteger(rows) && rows >= 1_000 && Number.isInteger(repeats) && repeats >= 1))
    throw new Error(
      `expected --rows of 1000 or more and --repeats of 1 or more, got ${values.rows} and ${values.repeats}`,
    );
  const parts = values.parts.split(',').map(name => {
    const part = PARTS[name as keyof typeof PARTS];
    if (part === undefined) throw new Error(`expected --parts of ${Object.keys(PARTS).join(',')}, got ${name}`);
    return part;
  });
  const home = await temporaryHome('bench-ingest');
  const mesh = await startMesh({ home, env: { ATHANOR_LOG_LEVEL: 'warn' } });
  try {
    print(`DuckDB's Node.js package ${duckdbVersion()}\n`);
    const work = { mesh, home, rows, repeats, print };
    const table: Row[] = [];
    for (const part of parts) table.push(...(await part(work)));
    return table;
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
}

interface Work {
  readonly mesh: TestMesh;
  readonly home: string;
  readonly rows: number;
  readonly repeats: number;
  readonly print: (text: string) => void;
}

/** The same file through the import, polars and pandas in turn, and through an upload and a bare sink. */
async function benchMixed({ mesh, home, rows, repeats, print }: Work): Promise<Row[]> {
  const path = join(home, 'mixed.csv');
  await writeMixedTable(path, rows);
  const megabytes = (await stat(path)).size / 1e6;
  const python = await findPeers();
  const imports: ImportRun[] = [];
  const peers: Record<Library, { seconds: number; mib: number }[]> = { polars: [], pandas: [] };
  const sinks: number[] = [];
  const versions = new Map<Library, string>();
  for (let repeat = 0; repeat < repeats; repeat++) {
    sinks.push(await sendToSink(path));
    imports.push(await importFile(mesh, path, 'target'));
    for (const library of python === undefined ? [] : (['polars', 'pandas'] as const)) {
      const run = await runPeer(python as string, library, { source: path, target: join(home, 'peer.parquet') });
      peers[library].push(run);
      versions.set(library, run.version);
    }
  }
  await rm(path);
  print([...versions].map(([library, version]) => `${library} ${version}\n`).join(''));
  if (python === undefined)
    print('polars and pandas: not run (no Python that has them, and none could be installed)\n');
  const figures = (runs: readonly { seconds: number; mib: number | undefined }[]) => {
    const seconds = median(runs.map(run => run.seconds));
    const base = peers.polars.length === 0 ? undefined : median(peers.polars.map(run => run.seconds));
    return {
      seconds,
      '× polars': base === undefined ? undefined : seconds / base,
      'peak MiB': Math.max(...runs.map(({ mib = 0 }) => mib)),
    };
  };
  const table = `${count(rows)} rows × 10`;
  const speed = (name: string, seconds: readonly number[]): Row => {
    const own = median(seconds);
    return { name, figures: { seconds: own, 'MB/s': megabytes / own } };
  };
  return [
    { name: `${table}: import`, figures: defined(figures(imports)) },
    ...(['polars', 'pandas'] as const).flatMap(library =>
      peers[library].length === 0 ? [] : [{ name: `${table}: ${library}`, figures: defined(figures(peers[library])) }],
    ),
    // The first upload of these bytes: the others find them.
    speed(`upload of ${megabytes.toFixed(0)} MB`, [imports[0]!.uploadSeconds]),
    speed('the same to a bare http2 sink', sinks),
  ];
}

async function benchBinary({ mesh, home, rows, repeats }: Work): Promise<Row[]> {
  const path = join(home, 'binary.csv');
  const own = Math.max(1_000, Math.round(rows / 5));
  await writeBinaryTable(path, own);
  const runs: ImportRun[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) runs.push(await importFile(mesh, path, 'y'));
  await rm(path);
  return [
    { name: `${count(own)} rows × 2 binary: import`, figures: { seconds: median(runs.map(run => run.seconds)) } },
  ];
}

/** ListDatasets every few milliseconds while a large file is uploaded and imported, and without it. */
async function benchOtherCalls({ mesh, home, rows }: Work): Promise<Row[]> {
  const path = join(home, 'large.csv');
  await writeMixedTable(path, rows * LARGE_ROWS);
  const megabytes = (await stat(path)).size / 1e6;
  const idle = await listUntil(mesh, new Promise(resolve => setTimeout(resolve, 3_000)));
  const during = await listUntil(mesh, importFile(mesh, path, 'target'));
  await rm(path);
  const row = (name: string, delays: readonly number[]): Row => {
    const sorted = [...delays].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
    return { name, figures: { 'p50 ms': at(0.5), 'p99 ms': at(0.99) } };
  };
  return [
    row('ListDatasets, idle', idle),
    row(`ListDatasets while ${megabytes.toFixed(0)} MB are uploaded and imported`, during),
  ];
}

async function listUntil({ client }: TestMesh, work: Promise<unknown>): Promise<number[]> {
  let isDone = false;
  const ended = work.finally(() => {
    isDone = true;
  });
  const delays: number[] = [];
  while (!isDone) {
    const begun = performance.now();
    await client.ingest.listDatasets({ pageSize: 10 });
    delays.push(performance.now() - begun);
    await new Promise(resolve => setTimeout(resolve, LIST_INTERVAL_MS));
  }
  await ended;
  return delays;
}

async function benchGrowth({ mesh, home, rows }: Work): Promise<Row[]> {
  const found: Row[] = [];
  for (const own of [Math.round(rows / 5), rows, rows * 4]) {
    const path = join(home, 'growing.csv');
    await writeMixedTable(path, own);
    const { seconds, mib } = await importFile(mesh, path, 'target');
    await rm(path);
    const figures = defined({ seconds, 'µs per row': (seconds / own) * 1e6, 'peak MiB': mib });
    found.push({ name: `growth: ${count(own)} rows × 10`, figures });
  }
  return found;
}

function defined(figures: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter((each): each is [string, number] => each[1] !== undefined));
}

function count(rows: number): string {
  return rows.toLocaleString('en');
}

function duckdbVersion(): string {
  const resolve = createRequire(new URL('../../../../services/ingest/package.json', import.meta.url));
  return (resolve('@duckdb/node-api/package.json') as { version: string }).version;
}
