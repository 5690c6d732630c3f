/* Imports of tables in tests: by the built process, from files that a test writes or names. */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ColumnValues, readDictionary, readShard, SPLITS, textAt } from '@athanor/data';
import { temporaryDirectory } from '@athanor/testkit';
import { CHECKS } from '../checks/checks.js';
import type { OnChildPhase } from '../child-process/child-message.js';
import { runTable } from './run-table.js';
import type { TablePlan, TableReading, TableResult } from './table-plan.js';

export const CHILD = new URL('../../dist/tables/child.js', import.meta.url);

/** A file by its path, or by its content. */
export type TestFile =
  | { readonly path: string; readonly partition?: 'test' }
  | { readonly name: string; readonly content: string | Uint8Array; readonly partition?: 'test' };

export interface ImportOptions extends Partial<Omit<TablePlan, 'sources' | 'reading' | 'limits'>> {
  readonly reading?: Partial<TableReading>;
  readonly limits?: Partial<TablePlan['limits']>;
  readonly signal?: AbortSignal;
  readonly onPhase?: OnChildPhase;
  /** Kinds of checks instead of all, with their parameters. */
  readonly only?: Readonly<Record<string, object>>;
}

export interface Imported extends TableResult {
  /** The values of a column in the order of the source, over all splits. */
  values(column: string): readonly unknown[];
  /** Row ids by split. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly lines: readonly Record<string, unknown>[];
  readonly quarantined: readonly Record<string, unknown>[];
}

export function allChecks(only?: Readonly<Record<string, object>>): TablePlan['checks'] {
  return Object.values(CHECKS)
    .filter(({ kind }) => only === undefined || kind in only)
    .map(({ kind, version, parameters }) => ({ kind, version, parameters: parameters.parse(only?.[kind] ?? {}) }));
}

export function planOf(sources: TablePlan['sources'], options: ImportOptions = {}): TablePlan {
  const { reading, limits, only, signal: _, onPhase: __, ...rest } = options;
  return {
    targets: [],
    roles: {},
    checks: allChecks(only),
    split: { validationFraction: 0.1, testFraction: 0.1, salt: '' },
    acceptLoss: false,
    ...rest,
    sources,
    reading: {
      ...{ skipLines: 0, nulls: [], decimal: '.', strip: {}, ignore: [], types: {}, onMisfit: 'error' },
      ...reading,
    },
    limits: { memoryMiB: 512, threads: 2, deadlineMs: 60_000, maxUnpackedBytes: 2 ** 30, ...limits },
  };
}

/** Imports files, and reads back what was written. A failed import must leave nothing but its sources. */
export async function importFiles(files: readonly TestFile[], options: ImportOptions = {}): Promise<Imported> {
  const directory = await temporaryDirectory('table');
  const folder = directory.path;
  try {
    const sources: TablePlan['sources'][number][] = [];
    for (const [index, file] of files.entries()) {
      const name = `source-${index}`;
      if ('path' in file) await copyFile(file.path, join(folder, name));
      else await writeFile(join(folder, name), file.content);
      const filename = 'path' in file ? basename(file.path) : file.name;
      sources.push({ file: name, filename, partition: file.partition ?? 'train' });
    }
    const { signal = new AbortController().signal, onPhase } = options;
    const running = { signal, program: CHILD, ...(onPhase && { onPhase }) };
    const result = await runTable(planOf(sources, options), folder, running).catch(async error => {
      const left = (await readdir(folder)).filter(name => !name.startsWith('source-'));
      throw left.length === 0 ? error : new Error(`the import left ${left.join(', ')} behind`, { cause: error });
    });
    return await readBack(result, folder);
  } finally {
    await directory.remove();
  }
}

/** One CSV file. */
export async function importCsv(content: string | Uint8Array, options: ImportOptions = {}): Promise<Imported> {
  return await importFiles([{ name: 'f.csv', content }], options);
}

async function readBack(result: TableResult, folder: string): Promise<Imported> {
  const rows: { id: string; values: unknown[] }[] = [];
  const ids: Record<string, string[]> = {};
  const dictionaries = await Promise.all(
    result.columns.map(async ({ dictionaryFile }) =>
      dictionaryFile === undefined ? undefined : readDictionary(await readFile(join(folder, dictionaryFile))),
    ),
  );
  for (const split of SPLITS) {
    ids[split] = [];
    for (const { file } of result.splits.find(each => each.split === split)?.shards ?? []) {
      const shard = readShard(await readFile(join(folder, file)), result.columns);
      for (const [row, ordinal] of shard.ids.ordinals.entries()) {
        const id = `${shard.ids.partitions[row] === 0 ? 'train' : 'test'}/${ordinal}`;
        const values = result.columns.map((_, index) => valueAt(shard.values.get(index)!, row, dictionaries[index]));
        rows.push({ id, values });
        ids[split].push(id);
      }
    }
  }
  const order = (id: string) => (id.startsWith('train/') ? 0 : 2 ** 40) + Number(id.split('/')[1]);
  rows.sort((a, b) => order(a.id) - order(b.id));
  const lines = async (file: string | undefined) =>
    file === undefined
      ? []
      : (await readFile(join(folder, file), 'utf8'))
          .split('\n')
          .filter(Boolean)
          .map(line => JSON.parse(line) as Record<string, unknown>);
  return {
    ...result,
    values: column => {
      const index = result.columns.findIndex(({ name }) => name === column);
      return rows.map(({ values }) => values[index]);
    },
    ids,
    lines: await lines(result.findingsFile),
    quarantined: await lines(result.quarantineFile),
  };
}

/** Categories as their texts, missing values as undefined. */
function valueAt(values: ColumnValues, row: number, dictionary: readonly string[] | undefined): unknown {
  switch (values.kind) {
    case 'number': {
      const value = values.data[row];
      return Number.isNaN(value) ? undefined : value;
    }
    case 'category':
      return values.codes[row] === -1 ? undefined : dictionary![values.codes[row]!];
    case 'text':
      return textAt(values, row) || undefined;
    case 'timestamp': {
      const micros = values.data[row]!;
      return micros === -(2n ** 63n) ? undefined : new Date(Number(micros / 1000n)).toISOString();
    }
    case 'vector':
      return undefined;
  }
}

/** "a INT64 input, y category target". */
export function describeColumns({ columns }: TableResult): string {
  return columns
    .map(({ name, type, role, nullable }) => {
      const kind = type.kind === 'number' ? type.dtype : type.kind;
      return `${name} ${kind}${nullable ? '?' : ''}${role === 'input' ? '' : ` ${role}`}`;
    })
    .join(', ');
}

/** "check rows/removed column". */
export function describeFindings({ findings }: TableResult): string[] {
  return findings.map(({ check, rows, removed, column }) => `${check} ${rows}/${removed}${column ? ` ${column}` : ''}`);
}
