// The records of a whole file, as a stream: slower than DuckDB, and only used to say where something is.

import { createReadStream } from 'node:fs';
import type { Dialect } from './dialect.js';
import { type CsvRecord, isBlank, RecordParser } from './record-parser.js';

/** The records of the data with their lines in the file, without empty lines. */
export async function* readRecords(path: string, dialect: Dialect): AsyncGenerator<CsvRecord> {
  const parser = new RecordParser(dialect.delimiter);
  let toSkip = dialect.skipRecords;
  const data = (records: readonly CsvRecord[]) =>
    records.filter(record => {
      if (toSkip > 0) {
        toSkip--;
        return false;
      }
      return dialect.names.length === 1 || !isBlank(record);
    });
  for await (const text of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    yield* data(parser.push(text as string));
  }
  yield* data(parser.end());
}

export async function linesOfRows(
  path: string,
  dialect: Dialect,
  ordinals: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const wanted = new Set(ordinals);
  const last = Math.max(...ordinals);
  const lines = new Map<number, number>();
  let ordinal = 0;
  for await (const { line } of readRecords(path, dialect)) {
    if (wanted.has(ordinal)) lines.set(ordinal, line);
    if (ordinal++ >= last) break;
  }
  return lines;
}
