// What is wrong with a CSV file that DuckDB cannot read, in terms of the file: the line, what was expected, what to do.

import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { FormatError } from '../../formats/rows.js';
import type { PreparedSource } from '../sources/prepare-source.js';
import type { Dialect } from './dialect.js';
import { readRecords } from './read-records.js';
import type { CsvRecord } from './record-parser.js';

/** DuckDB reserves 16 times as much for each thread. */
export const MAX_ROW_BYTES = 2_000_000;

/** The error for the user, or the path of a copy that can be read. */
export async function explainCsvError(error: Error, source: PreparedSource, dialect: Dialect): Promise<Error | string> {
  // A very long row is "not implemented".
  if (!/^(Invalid Input|Not implemented) Error/.test(error.message)) return error;
  const { filename, path, copyPath } = source;
  for await (const record of readRecords(path, dialect)) {
    const flaw = flawOf(record, dialect);
    if (flaw !== undefined) return new FormatError(`${filename}: line ${record.line} ${flaw}`, { cause: error });
  }
  if (path !== copyPath) {
    await copyWithOneLineEnd(path, copyPath);
    return copyPath;
  }
  const message = `the CSV cannot be read: ${error.message.split('\n').slice(0, 3).join(' ')}; repair the file`;
  return new FormatError(`${filename}: ${message}`, { cause: error });
}

function flawOf({ fields, problem }: CsvRecord, { names, delimiter }: Dialect): string | undefined {
  if (problem === 'a quote that is never closed')
    return 'has a quote that is never closed; close it, or double each quote inside of a quoted value';
  if (problem !== undefined) return `has ${problem}; double each quote inside of a quoted value`;
  const bytes = fields.reduce((sum, field) => sum + Buffer.byteLength(field), fields.length);
  if (bytes > MAX_ROW_BYTES) return `is a row of ${bytes} bytes, expected at most ${MAX_ROW_BYTES}; shorten its texts`;
  if (fields.length === names.length) return undefined;
  const shown = fields.join(delimiter).slice(0, 80);
  return `has ${fields.length} values, expected ${names.length}: ${shown}; repair the line, or quote values that contain the delimiter`;
}

/** DuckDB reads files with one kind of line ends only. */
async function copyWithOneLineEnd(path: string, target: string): Promise<void> {
  let endsInReturn = false;
  const normalize = async function* (chunks: AsyncIterable<string>) {
    for await (const chunk of chunks) {
      // A CRLF may lie across two chunks.
      const text = endsInReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
      endsInReturn = chunk.endsWith('\r');
      yield text.replace(/\r\n?/g, '\n');
    }
  };
  await pipeline(createReadStream(path, { encoding: 'utf8' }), normalize, createWriteStream(target));
}
