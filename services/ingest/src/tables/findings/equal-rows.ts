// Rows with equal values: found by a hash, then compared value by value, in linear time and with little memory.

import type { CheckColumn } from '../../checks/check.js';
import { TABLE } from '../columns/load-table.js';
import { type Database, numberOf } from '../database/database.js';

/** Columns that are compared in one statement: planning takes time quadratic in their number. */
const MAX_COMPARED = 100;

export class EqualRows {
  readonly #database: Database;
  readonly #trainRows: number;
  readonly #inputs: () => readonly CheckColumn[];
  #repeated: Promise<boolean> | undefined;
  #tables = 0;

  constructor(database: Database, trainRows: number, inputs: () => readonly CheckColumn[]) {
    this.#database = database;
    this.#trainRows = trainRows;
    this.#inputs = inputs;
  }

  /** `columns` has all inputs. The table has the columns `row` and `first`. */
  async find(columns: readonly CheckColumn[], scope: 'partition' | 'table'): Promise<string> {
    this.#repeated ??= this.#findRepeated();
    const which = (await this.#repeated) ? `rowid IN (SELECT row FROM ${REPEATED})` : 'false';
    const name = `equal_${this.#tables++}`;
    const partition = scope === 'table' ? '' : `, rowid < ${this.#trainRows}`;
    await this.#database.run(
      `CREATE TABLE ${name} AS SELECT row, first FROM (
         SELECT rowid AS row, min(rowid) OVER (PARTITION BY ${hashOf(columns)}${partition}) AS first
         FROM ${TABLE} WHERE ${which}) WHERE first < row`,
    );
    for (let begin = 0; begin < columns.length && (await this.#count(name)) > 0; begin += MAX_COMPARED) {
      // In a CASE the comparison cannot become the condition of a join of all rows with all equal ones.
      const equal = columns
        .slice(begin, begin + MAX_COMPARED)
        .map(({ sql }) => `a.${sql} IS NOT DISTINCT FROM b.${sql}`);
      await this.#database.run(
        `CREATE OR REPLACE TABLE ${name} AS SELECT e.row, e.first FROM ${name} e
         JOIN ${TABLE} a ON a.rowid = e.row JOIN ${TABLE} b ON b.rowid = e.first
         WHERE CASE WHEN e.row > e.first THEN ${equal.join(' AND ')} ELSE false END`,
      );
    }
    return name;
  }

  /** Rows whose inputs have the hash of another row's: usually few, or none. */
  async #findRepeated(): Promise<boolean> {
    const hash = hashOf(this.#inputs());
    await this.#database.run(
      `CREATE TABLE repeated_hashes AS SELECT ${hash} AS h FROM ${TABLE} GROUP BY 1 HAVING count(*) > 1`,
    );
    if ((await this.#count('repeated_hashes')) === 0) return false;
    await this.#database.run(
      `CREATE TABLE ${REPEATED} AS SELECT rowid AS row FROM ${TABLE} WHERE ${hash} IN (SELECT h FROM repeated_hashes)`,
    );
    return true;
  }

  async #count(table: string): Promise<number> {
    const [row] = await this.#database.query(`SELECT count(*) AS n FROM ${table}`);
    return numberOf(row?.n);
  }
}

const REPEATED = 'repeated';

function hashOf(columns: readonly CheckColumn[]): string {
  return columns.length === 0 ? '0' : `hash(${columns.map(({ sql }) => sql).join(', ')})`;
}
