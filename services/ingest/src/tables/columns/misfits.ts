// Values that are not of their column's type, where nearly all others are: an error that shows them, unless the user
// says what to do.

import { FormatError } from '../../formats/rows.js';
import { type Database, numberOf } from '../database/database.js';
import { literal } from '../database/sql.js';
import type { Refuse } from '../problems.js';
import { placesOf } from '../sources/source-table.js';
import type { ColumnChoice, TableReading } from '../table-plan.js';
import type { Decided } from './decide-type.js';
import type { LoadedColumn, LoadedTable } from './load-table.js';
import { isToken } from './text-profile.js';
import { looksLikeNumber } from './value-kind.js';

export interface Misfits {
  readonly column: string;
  readonly rows: number;
  /** A SELECT of the columns `row`, `detail` and `value`. */
  readonly select: string;
  readonly detail: string;
}

export interface MisfitWork {
  readonly column: LoadedColumn;
  /** SQL of the converted value; NULL for a misfit. */
  readonly value: string;
  readonly table: LoadedTable;
  readonly reading: TableReading;
  readonly decided: Exclude<Decided, 'text'>;
  readonly refuse: Refuse;
}

const EXAMPLES = 5;
const TYPE_NAMES = { number: 'numbers', integer: 'whole numbers', boolean: 'booleans', timestamp: 'dates' } as const;

/** Refuses the table, or keeps the misfits in a table of their own before the column is converted. */
export async function settleMisfits(database: Database, work: MisfitWork): Promise<Misfits> {
  const { column, value, table, reading, decided } = work;
  const kept = `misfits_${column.sql}`;
  await database.run(
    `CREATE OR REPLACE TABLE ${kept} AS SELECT rowid AS row, ${column.sql} AS v FROM t
     WHERE ${column.sql} IS NOT NULL AND NOT (${isToken(column.sql)}) AND (${value}) IS NULL`,
  );
  const [counted] = await database.query(`SELECT count(*) AS n FROM ${kept}`);
  const rows = numberOf(counted?.n);
  if (reading.onMisfit === 'error') work.refuse(await misfitError(database, work, { kept, rows }));
  const what = `expected ${TYPE_NAMES[decided]} in '${column.name}'`;
  return {
    column: column.name,
    rows,
    select: `SELECT row, ${literal(`${what}, got '`)} || v || '''' AS detail, v AS value FROM ${kept}`,
    detail: `${what}, got ${rows} other values in ${table.rows} rows`,
  };
}

async function misfitError(
  database: Database,
  { column, table, decided }: MisfitWork,
  { kept, rows }: { kept: string; rows: number },
): Promise<FormatError> {
  const found = await database.query(`SELECT row, v FROM ${kept} ORDER BY row LIMIT ${EXAMPLES}`);
  const examples = found.map(({ row, v }) => ({ row: numberOf(row), value: v as string }));
  const { filename, places } = await locate(
    table,
    examples.map(({ row }) => row),
  );
  const shown = examples.slice(0, places.length).map(({ value }, index) => `'${clip(value)}' (${places[index]})`);
  const more = rows > shown.length ? ', …' : '';
  const what = `expected ${TYPE_NAMES[decided]} in the column '${column.name}', got ${rows} other values of ${table.rows}`;
  return new FormatError(`${filename}: ${what}: ${shown.join(', ')}${more}; ${remedy(column.name, examples, decided)}`);
}

/** Rows of the working table in the source of the first of them. */
async function locate(table: LoadedTable, rows: readonly number[]): Promise<{ filename: string; places: string[] }> {
  let before = 0;
  for (const { source, rows: count } of table.sourceRows) {
    const own = rows.filter(row => row >= before && row < before + count);
    if (own.length > 0) {
      const places = await placesOf(
        source,
        own.map(row => row - before),
      );
      return { filename: source.filename, places };
    }
    before += count;
  }
  return { filename: 'the table', places: [] };
}

function remedy(name: string, examples: readonly { value: string }[], decided: Exclude<Decided, 'text'>): string {
  const values = examples.map(({ value }) => value);
  const options: string[] = [];
  if (decided === 'number' && values.some(looksLikeNumber)) {
    if (values.some(value => /\d,\d{3}\b/.test(value))) options.push('--thousands ,');
    if (values.some(value => /\d\.\d{3}\b/.test(value))) options.push('--thousands .');
    if (values.some(value => /,\d/.test(value))) options.push('--decimal ,');
    const sign = values.map(value => /[%$€£¥]/.exec(value)?.[0]).find(Boolean);
    if (sign !== undefined) options.push(`--strip '${name}=${sign}'`);
  }
  const choices: readonly ColumnChoice[] = ['category', 'text'];
  options.push(choices.map(choice => `--type ${name}=${choice}`).join(' or '), '--on-misfit null|quarantine');
  return `correct the values, or choose ${options.join(', ')}`;
}

function clip(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
