// JSON Lines, or an array of objects: each key of any object is a column, and its values are read as texts.

import { FormatError } from '../../formats/rows.js';
import { toColumnNames } from '../columns/column-names.js';
import { type Database, numberOf } from '../database/database.js';
import { literal } from '../database/sql.js';
import type { PreparedSource } from './prepare-source.js';
import type { SourceTable } from './source-table.js';

const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

export async function openJson(source: PreparedSource, database: Database): Promise<SourceTable> {
  const { filename, partition, compression, encoding, path } = source;
  const objects = `read_json_objects(${literal(path)}, format = 'auto', maximum_object_size = ${MAX_OBJECT_BYTES})`;
  const explain = async (error: Error) => explainJson(error, filename);
  const query = (sql: string) => database.query(sql).catch(async error => Promise.reject(await explain(error)));
  const [first] = await query(
    `SELECT count(*) AS rows, min(CASE WHEN json_type(json) <> 'OBJECT' THEN n END) AS other
     FROM (SELECT json, row_number() OVER () AS n FROM ${objects})`,
  );
  if (numberOf(first?.rows) === 0) throw new FormatError(`${filename}: expected objects with values, got none`);
  if (first?.other !== null)
    throw new FormatError(
      `${filename}: expected an object with a value for each column, got something else as row ${first?.other}; write each row as {"column": value, …}`,
    );
  const keys = await query(
    `SELECT key, min(n) AS n, arg_min(place, n) AS place FROM (
       SELECT unnest(json_keys(json)) AS key, generate_subscripts(json_keys(json), 1) AS place, n
       FROM (SELECT json, row_number() OVER () AS n FROM ${objects}))
     GROUP BY key ORDER BY n, place`,
  );
  if (keys.length === 0) throw new FormatError(`${filename}: expected objects with values, got empty ones`);
  const pointers = keys.map(({ key }) => literal(pointerOf(key as string)));
  const names = toColumnNames(
    keys.map(({ key }) => key as string),
    filename,
  );
  return {
    filename,
    partition,
    names,
    unnamed: new Set(),
    hints: names.map(() => ({ type: 'VARCHAR', whole: false })),
    isTyped: false,
    applied: { filename, format: 'json', compression, encoding },
    select: wanted => {
      const values = wanted.map(({ index, sql, strip }) => {
        const nested = `json_type(json, ${pointers[index]}) IN ('ARRAY', 'OBJECT')`;
        const text = `json_extract_string(json, ${pointers[index]})`;
        const value = strip === undefined ? text : `replace(${text}, ${literal(strip)}, '')`;
        const message = literal(`${NESTED}${JSON.stringify(names[index])}`);
        return `CASE WHEN ${nested} THEN error(${message}) ELSE ${value} END AS ${sql}`;
      });
      return `SELECT ${values.join(', ')} FROM ${objects}`;
    },
    explain,
  };
}

const NESTED = 'nested values in ';

/** RFC 6901. */
function pointerOf(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function explainJson(error: Error, filename: string): Error {
  const nested = error.message.indexOf(NESTED);
  if (nested >= 0) {
    const column = JSON.parse(/"(?:[^"\\]|\\.)*"/.exec(error.message.slice(nested))?.[0] ?? '""') as string;
    const message = `expected numbers, texts and booleans, got a list or an object in the column '${column}'`;
    return new FormatError(`${filename}: ${message}; flatten it, or leave it out with --ignore ${column}`);
  }
  const malformed = /Malformed JSON in file "[^"]*", at byte (\d+) in (?:line|record\/value) (\d+): ([^\n]*)/.exec(
    error.message,
  );
  if (malformed !== null) {
    const [, byte, line, why = ''] = malformed;
    return new FormatError(
      `${filename}: the JSON is malformed in line ${line} at byte ${byte}: ${why.trim()}; repair it`,
    );
  }
  if (!/^(Invalid Input|Conversion) Error/.test(error.message)) return error;
  const message = error.message.split('\n')[0]?.replace(/"[^"]*\/([^"/]*)"/, "'$1'");
  return new FormatError(`${filename}: the JSON cannot be read: ${message}; repair it`, { cause: error });
}
