import type { Database, SqlRow } from './database.js';

/** DuckDB's planning takes time quadratic in the number of expressions. */
const MAX_COLUMNS = 100;

/**
 * One row of aggregates over many columns, in one pass for each hundred of them. `toSql` gives the expressions of one
 * column, with names that are its own; `from` is what follows FROM.
 */
export async function aggregate<C>(
  database: Pick<Database, 'query'>,
  columns: readonly C[],
  { toSql, from }: { toSql: (column: C) => readonly string[]; from: string },
): Promise<SqlRow> {
  let all: SqlRow = {};
  for (let begin = 0; begin < columns.length; begin += MAX_COLUMNS) {
    const expressions = columns.slice(begin, begin + MAX_COLUMNS).flatMap(toSql);
    const [row] = await database.query(`SELECT ${expressions.join(', ')} FROM ${from}`);
    all = begin === 0 ? row! : { ...all, ...row };
  }
  return all;
}
