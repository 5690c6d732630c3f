import { FormatError } from '../../formats/rows.js';
import { toColumnNames } from '../columns/column-names.js';
import type { SqlType } from '../columns/sql-type.js';
import { type Database, numberOf } from '../database/database.js';
import { literal } from '../database/sql.js';
import type { PreparedSource } from './prepare-source.js';
import type { ReadAs, SourceTable } from './source-table.js';

export async function openParquet(
  source: PreparedSource,
  { database, ignore }: { database: Database; ignore: readonly string[] },
): Promise<SourceTable> {
  const { filename, partition, compression, path } = source;
  const relation = `read_parquet(${literal(path)})`;
  const explain = async (error: Error) => explainParquet(error, filename);
  const described = await database
    .query(`DESCRIBE SELECT * FROM ${relation}`)
    .catch(async error => Promise.reject(await explain(error)));
  const columns = described.map(row => ({ name: row.column_name as string, type: row.column_type as string }));
  const [counted] = await database.query(`SELECT count(*) AS rows FROM ${relation}`);
  const names = toColumnNames(
    columns.map(({ name }) => name),
    filename,
  );
  const hints = columns.map(({ name, type }, index): ReadAs => {
    const isIgnored = ignore.includes(names[index]!);
    return { type: isIgnored ? 'VARCHAR' : sqlTypeOf(name, type, filename), whole: false };
  });
  return {
    filename,
    partition,
    names,
    unnamed: new Set(),
    hints,
    isTyped: true,
    extent: { rows: numberOf(counted?.rows) },
    applied: { filename, format: 'parquet', compression },
    select: wanted => {
      const values = wanted.map(({ index, sql, type, strip }) => {
        const cast = `CAST(${quoted(columns[index]!.name)} AS ${type})`;
        return `${strip === undefined ? cast : `replace(${cast}, ${literal(strip)}, '')`} AS ${sql}`;
      });
      return `SELECT ${values.join(', ')} FROM ${relation}`;
    },
    explain,
  };
}

/** The one place where a name of the user is an identifier. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const INTEGERS = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER']);
const TEXTS = /^(VARCHAR|ENUM|UUID|JSON|TIME|INTERVAL|HUGEINT|UHUGEINT|UBIGINT)/;

function sqlTypeOf(name: string, type: string, filename: string): SqlType {
  if (INTEGERS.has(type)) return 'BIGINT';
  if (/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return 'DOUBLE';
  if (type === 'BOOLEAN') return 'BOOLEAN';
  if (type === 'DATE' || /^TIMESTAMP/.test(type)) return 'TIMESTAMP';
  if (TEXTS.test(type) && !type.endsWith(']')) return 'VARCHAR';
  const message = `expected numbers, texts, booleans and dates, got ${type} in the column '${name}'`;
  throw new FormatError(`${filename}: ${message}; leave it out with --ignore ${name}, or flatten it`);
}

function explainParquet(error: Error, filename: string): Error {
  if (/^Out of Memory Error/.test(error.message)) return error;
  const message = error.message.split('\n')[0]?.replace(/'[^']*\/([^'/]*)'/, "'$1'");
  return new FormatError(`${filename}: the Parquet file cannot be read: ${message}; write it again`, { cause: error });
}
