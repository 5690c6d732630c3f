// Arrow IPC, which DuckDB reads only with an extension that cannot be downloaded everywhere: its record batches are
// staged in a table of DuckDB's, which spills to disk.

import type { RecordBatch } from 'apache-arrow';
import { FormatError } from '../../formats/rows.js';
import { toColumnNames } from '../columns/column-names.js';
import type { Database, StagedValue } from '../database/database.js';
import { columnSql, literal } from '../database/sql.js';
import type { PreparedSource } from '../sources/prepare-source.js';
import type { SourceTable } from '../sources/source-table.js';
import type { TablePlan } from '../table-plan.js';
import { type ArrowColumn, arrowColumn } from './arrow-columns.js';
import { type ArrowFile, openArrowFile } from './arrow-reader.js';

export async function openArrow(
  source: PreparedSource,
  { database, plan }: { database: Database; plan: TablePlan },
): Promise<SourceTable> {
  try {
    return await openFile(source, { database, plan });
  } catch (error) {
    const { message } = error as Error;
    // DuckDB's own errors, such as a full disk, are not the file's fault.
    if (error instanceof FormatError || /^(Out of Memory|IO|Internal|FATAL) Error/.test(message)) throw error;
    const text = `${source.filename}: the Arrow file cannot be read: ${message}; write it again`;
    throw new FormatError(text, { cause: error });
  }
}

async function openFile(
  { filename, partition, compression, path, index }: PreparedSource,
  { database, plan }: { database: Database; plan: TablePlan },
): Promise<SourceTable> {
  const file = await openArrowFile(path, filename);
  try {
    const names = toColumnNames(
      file.schema.fields.map(({ name }) => name),
      filename,
    );
    const columns = file.schema.fields.flatMap((field, at) =>
      plan.reading.ignore.includes(names[at]!) ? [] : [arrowColumn(field, at, filename)],
    );
    const table = `arrow_${index}`;
    const staged = { file, columns, table, maxRows: plan.sample && Math.ceil(plan.sample.rows / plan.sources.length) };
    const { rows, isAll } = await stage(database, staged);
    const byIndex = new Map(columns.map(column => [column.index, column]));
    const ignored = { type: 'VARCHAR', whole: false } as const;
    return {
      filename,
      partition,
      names,
      unnamed: new Set(),
      hints: names.map((_, at) => byIndex.get(at)?.hint ?? ignored),
      isTyped: true,
      applied: { filename, format: 'arrow', compression },
      extent: isAll ? { rows } : {},
      select: wanted => {
        const values = wanted.map(({ index: at, sql, type, strip }) => {
          const cast = `CAST(${byIndex.get(at)!.toSql(columnSql(at))} AS ${type})`;
          return `${strip === undefined ? cast : `replace(${cast}, ${literal(strip)}, '')`} AS ${sql}`;
        });
        return `SELECT ${values.join(', ')} FROM ${table}`;
      },
      explain: async error => error,
      release: () => database.run(`DROP TABLE IF EXISTS ${table}`),
    };
  } finally {
    await file.close();
  }
}

interface Staged {
  readonly file: ArrowFile;
  readonly columns: readonly ArrowColumn[];
  readonly table: string;
  /** Of a plan. */
  readonly maxRows: number | undefined;
}

async function stage(database: Database, { file, columns, table, maxRows }: Staged) {
  const types = columns.map(({ index, staged }) => ({ sql: columnSql(index), type: staged }));
  let rows = 0;
  let isAll = true;
  const blocks = async function* () {
    for await (const batch of file.batches()) {
      const wanted = Math.min(batch.numRows, (maxRows ?? Number.POSITIVE_INFINITY) - rows);
      isAll = wanted === batch.numRows;
      rows += wanted;
      yield { rows: wanted, columns: readers(batch, columns) };
      if (!isAll) return;
    }
  };
  await database.stage(table, types, blocks());
  return { rows, isAll };
}

function readers(batch: RecordBatch, columns: readonly ArrowColumn[]): ((row: number) => StagedValue)[] {
  return columns.map(({ index, values }) => {
    const vector = batch.getChildAt(index);
    if (vector === null) throw new RangeError(`expected ${index + 1} columns in a record batch`);
    return values(vector);
  });
}
