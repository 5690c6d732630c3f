// DuckDB in memory, spilling into a folder, with no access to anything else: no other file, no network, no extension.

import { join } from 'node:path';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  VARCHAR,
} from '@duckdb/node-api';
import { literal } from './sql.js';

export type SqlRow = Readonly<Record<string, unknown>>;

export interface Database {
  /** Sets the number of threads, after which no setting can be changed. */
  lock(threads: number): Promise<void>;
  run(sql: string): Promise<void>;
  /** Integers are BigInt where SQL's type has 64 bits: see numberOf. */
  query(sql: string): Promise<readonly SqlRow[]>;
  /** Creates a table and appends blocks of values to it. */
  stage(table: string, columns: readonly StagedColumn[], blocks: AsyncIterable<StagedBlock>): Promise<void>;
  /** All chunks of each statement's result, in order, while the next statements already run. */
  chunks(statements: readonly string[]): AsyncGenerator<readonly DuckDBDataChunk[]>;
  close(): void;
}

export type StagedType = keyof typeof STAGED_TYPES;
export type StagedValue = bigint | number | boolean | string | null;

export interface StagedColumn {
  readonly sql: string;
  readonly type: StagedType;
}

export interface StagedBlock {
  readonly rows: number;
  /** The value of a row, by column. */
  readonly columns: readonly ((row: number) => StagedValue)[];
}

const STAGED_TYPES = { BIGINT, DOUBLE, BOOLEAN, VARCHAR } as const;
/** Of a chunk: DuckDB's vectors have no more. */
const CHUNK_ROWS = 2048;

export interface DatabaseOptions {
  /** The only folder that SQL can read and write. */
  readonly folder: string;
  readonly memoryMiB: number;
  readonly threads: number;
}

export async function openDatabase({ folder, memoryMiB, threads }: DatabaseOptions): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMiB}MiB`,
    threads: String(threads),
    temp_directory: join(folder, 'spill'),
    home_directory: folder,
    extension_directory: join(folder, 'extensions'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_directories = [${literal(folder)}]`);
  await connection.run('SET enable_external_access = false');
  const others = await Promise.all(Array.from({ length: threads - 1 }, () => instance.connect()));
  return {
    lock: async count => {
      await connection.run(`SET threads = ${count}`);
      await connection.run('SET lock_configuration = true');
    },
    run: async sql => void (await connection.run(sql)),
    query: async sql => (await connection.runAndReadAll(sql)).getRowObjectsJS() as SqlRow[],
    stage: (table, columns, blocks) => stage(connection, { table, columns }, blocks),
    chunks: statements => chunksOf(statements, [connection, ...others]),
    close: () => {
      for (const each of [connection, ...others]) each.closeSync();
      instance.closeSync();
    },
  };
}

async function stage(
  connection: DuckDBConnection,
  { table, columns }: { table: string; columns: readonly StagedColumn[] },
  blocks: AsyncIterable<StagedBlock>,
): Promise<void> {
  await connection.run(`CREATE TABLE ${table} (${columns.map(({ sql, type }) => `${sql} ${type}`).join(', ')})`);
  const appender = await connection.createAppender(table);
  const types = columns.map(({ type }) => STAGED_TYPES[type]);
  for await (const block of blocks) {
    for (let begin = 0; begin < block.rows; begin += CHUNK_ROWS) {
      const length = Math.min(CHUNK_ROWS, block.rows - begin);
      const chunk = DuckDBDataChunk.create(types, length);
      for (const [index, valueAt] of block.columns.entries())
        chunk.setColumnValues(
          index,
          Array.from({ length }, (_, row) => valueAt(begin + row)),
        );
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  }
  appender.closeSync();
}

/** Each connection runs one statement at a time. */
async function* chunksOf(
  statements: readonly string[],
  connections: readonly DuckDBConnection[],
): AsyncGenerator<readonly DuckDBDataChunk[]> {
  const running: Promise<readonly DuckDBDataChunk[]>[] = [];
  const start = (index: number) => {
    const statement = statements[index];
    if (statement === undefined) return;
    const result = connections[index % connections.length]!.run(statement).then(answer => answer.fetchAllChunks());
    // Awaited in its turn; until then a failure is no unhandled one.
    result.catch(() => undefined);
    running.push(result);
  };
  for (let index = 0; index < connections.length; index++) start(index);
  for (let index = 0; index < statements.length; index++) {
    const chunks = await running[index]!;
    delete running[index];
    yield chunks;
    start(index + connections.length);
  }
}

/** A count, a sum of counts, or another integer that a double can hold. */
export function numberOf(value: unknown): number {
  return typeof value === 'bigint' ? Number(value) : (value as number);
}
