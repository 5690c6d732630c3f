// Rows with named columns in, rows with predictions out: a CSV file of any length, or JSON.

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  type AthanorClient,
  ColumnValueError,
  compareColumns,
  type InferResponse,
  infer,
  type NamedRow,
} from '@athanor/client';
import { parse } from 'csv-parse';
import { usageError } from '../exit-codes.js';
import { type PredictedColumns, predictedColumns } from './predicted-columns.js';
import { rowTensors } from './row-tensors.js';
import { readServedColumns, type ServedColumns } from './served-columns.js';

export interface RowsTarget {
  readonly client: AthanorClient;
  readonly modelName: string;
  /** Empty: the active one. */
  readonly modelVersion: string;
}

export interface CsvOptions {
  /** Path, or - for standard input. */
  readonly csv: string;
  readonly delimiter: string;
}

/** The model's own batch size limits a request; it may be as low as this. */
const ROWS_PER_REQUEST = 64;

/** Predicts the rows of a CSV file and writes it with the predictions as further columns. Returns the number of rows. */
export async function inferCsv(
  target: RowsTarget,
  { csv, delimiter }: CsvOptions,
  write: (text: string) => void,
): Promise<number> {
  const model = await readServedColumns(target.client, target.modelName, target.modelVersion);
  let done = 0;
  for await (const batch of batches(readCsv(csv, delimiter))) {
    if (done === 0) checkColumns(model, batch, csv);
    const predicted = await predict(target, model, batch, done);
    if (done === 0) write(csvLine([...Object.keys(batch[0] ?? {}), ...predicted.names]));
    for (const [index, row] of batch.entries())
      write(csvLine([...Object.values(row), ...(predicted.rows[index] ?? [])]));
    done += batch.length;
  }
  if (done === 0) throw usageError(`--csv: expected rows below the header of ${csv}, found none`);
  return done;
}

/** Predicts rows given as JSON: one object, or a list of them. */
export async function inferJson(target: RowsTarget, text: string): Promise<PredictedColumns> {
  const rows = toRows(text);
  const model = await readServedColumns(target.client, target.modelName, target.modelVersion);
  checkColumns(model, rows, '--json');
  const parts: PredictedColumns[] = [];
  for (let begin = 0; begin < rows.length; begin += ROWS_PER_REQUEST)
    parts.push(await predict(target, model, rows.slice(begin, begin + ROWS_PER_REQUEST), begin));
  return { names: parts[0]?.names ?? [], rows: parts.flatMap(part => part.rows) };
}

function toRows(text: string): NamedRow[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usageError(`--json is not JSON: ${(error as Error).message}`, error);
  }
  const rows = Array.isArray(value) ? value : [value];
  if (rows.length > 0 && rows.every(row => row !== null && typeof row === 'object' && !Array.isArray(row))) return rows;
  throw usageError('--json: expected an object with a value for each column, or a list of such objects');
}

async function predict(
  { client, modelName, modelVersion }: RowsTarget,
  model: ServedColumns,
  rows: readonly NamedRow[],
  first: number,
): Promise<PredictedColumns> {
  let answer: InferResponse;
  try {
    const inputs = rowTensors(model, rows);
    answer = await infer(client.inference, { modelName, modelVersion, inputs });
  } catch (error) {
    if (!(error instanceof ColumnValueError)) throw error;
    throw usageError(first === 0 ? error.message : `in the rows from ${first} on: ${error.message}`, error);
  }
  return predictedColumns(answer, model);
}

/** Every input must be there; columns that are no inputs, such as the target, are passed through. */
function checkColumns({ inputs }: ServedColumns, rows: readonly NamedRow[], where: string): void {
  const { missing, unknown } = compareColumns(inputs, rows);
  if (missing.length === 0) return;
  const others = unknown.length === 0 ? '' : `; the model does not take ${unknown.join(', ')}`;
  throw usageError(
    `${where}: expected the columns ${inputs.map(({ name }) => name).join(', ')}; missing: ${missing.join(', ')}${others}`,
  );
}

async function* readCsv(path: string, delimiter: string): AsyncIterable<NamedRow> {
  const source: Readable = path === '-' ? process.stdin : createReadStream(path);
  const parser = parse({
    columns: header => header.map((name: string) => name.trim()),
    bom: true,
    trim: true,
    delimiter,
  });
  source.on('error', error => parser.destroy(error));
  try {
    for await (const row of source.pipe(parser)) yield row as NamedRow;
  } catch (error) {
    throw usageError(`--csv: ${path} cannot be read: ${(error as Error).message}`, error);
  }
}

async function* batches(rows: AsyncIterable<NamedRow>): AsyncIterable<NamedRow[]> {
  let batch: NamedRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < ROWS_PER_REQUEST) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** RFC 4180. */
function csvLine(cells: readonly unknown[]): string {
  const quoted = cells.map(cell => {
    const text = String(cell ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\n`;
}
