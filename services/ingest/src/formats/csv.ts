import { parse } from 'csv-parse/sync';
import { FormatError, type RowTable } from './rows.js';

// CSV (RFC 4180) with a header row. All columns except the label become one FP32 feature vector.

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?']);
const MAX_RECORD_BYTES = 16 * 1024 * 1024;
const FEATURE_NAME = 'features';

export interface CsvOptions {
  readonly filename: string;
  readonly partition: string;
  /** Empty for data without labels. */
  readonly labelColumn: string;
}

/** Throws FormatError for ragged rows, a missing label column, text columns and empty files. */
export function parseCsv(bytes: Uint8Array, options: CsvOptions): RowTable {
  const { filename, partition, labelColumn } = options;
  refuseNulCharacters(bytes, filename);
  const [header, ...records] = parseRecords(bytes, filename);
  if (header === undefined) {
    throw new FormatError(`${filename}: expected a header row and data rows, got an empty file`);
  }
  if (records.length === 0) throw new FormatError(`${filename}: expected data rows below the header, got none`);
  const columns = featureColumns(header, options);
  const labelIndex = labelColumn === '' ? -1 : header.indexOf(labelColumn);
  const values = readValues(records, columns);
  refuseTextColumns(values, records, columns, filename);
  return {
    partition,
    feature: {
      name: FEATURE_NAME,
      datatype: 'FP32',
      shape: [columns.length],
      columns: columns.map(({ name }) => name),
    },
    data: new Uint8Array(values.buffer),
    bytesPerRow: columns.length * Float32Array.BYTES_PER_ELEMENT,
    rows: records.length,
    labels: labelIndex < 0 ? undefined : records.map(record => cell(record, labelIndex)),
    missing: records.flatMap((record, row) => {
      const own = values.subarray(row * columns.length, (row + 1) * columns.length);
      const problems = missingIn(record, own, columns);
      if (labelIndex >= 0 && isMissing(cell(record, labelIndex))) problems.push('the label is missing');
      return problems.length === 0 ? [] : [{ row, detail: problems.join(', ') }];
    }),
  };
}

function cell(record: readonly string[], index: number): string {
  return (record[index] ?? '').trim();
}

function isMissing(text: string): boolean {
  return MISSING.has(text.toLowerCase());
}

/**
 * NaN for a missing or non-numeric cell, infinity for a value beyond FP32; -0 becomes 0, so that equal rows have equal
 * bytes.
 */
function toFloat32(text: string): number {
  return isMissing(text) ? Number.NaN : Math.fround(Number(text)) + 0;
}

/** Row-major; not finite where a cell is missing or not a number. */
function readValues(records: readonly string[][], columns: readonly Column[]): Float32Array {
  const values = new Float32Array(records.length * columns.length);
  for (const [row, record] of records.entries()) {
    for (const [index, column] of columns.entries()) {
      const text = cell(record, column.index);
      values[row * columns.length + index] = toFloat32(text);
    }
  }
  return values;
}

function missingIn(record: readonly string[], values: Float32Array, columns: readonly Column[]): string[] {
  return columns.flatMap(({ name, index }, position) =>
    Number.isFinite(values[position]) ? [] : [`column '${name}' ${describeMissing(cell(record, index))}`],
  );
}

interface Column {
  readonly name: string;
  readonly index: number;
}

function parseRecords(bytes: Uint8Array, filename: string): string[][] {
  try {
    return parse(Buffer.from(bytes), { bom: true, skip_empty_lines: true, max_record_size: MAX_RECORD_BYTES });
  } catch (error) {
    const { code, lines } = error as { code?: string; lines?: number };
    if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' || code === 'CSV_RECORD_INCONSISTENT_COLUMNS') {
      throw new FormatError(
        `${filename}: line ${lines} has another number of fields than the header; ${(error as Error).message}; repair the line`,
      );
    }
    throw new FormatError(`${filename}: the CSV cannot be read: ${(error as Error).message}; repair the file`);
  }
}

function featureColumns(header: readonly string[], { filename, labelColumn }: CsvOptions): Column[] {
  const duplicate = header.find((name, index) => header.indexOf(name) !== index);
  if (duplicate !== undefined)
    throw new FormatError(`${filename}: the header names the column '${duplicate}' twice; rename one`);
  if (labelColumn !== '' && !header.includes(labelColumn)) {
    throw new FormatError(
      `${filename}: expected the label column '${labelColumn}', got ${header.slice(0, 30).join(', ')}; name one of these`,
    );
  }
  const columns = header.map((name, index) => ({ name, index })).filter(({ name }) => name !== labelColumn);
  if (columns.length === 0) throw new FormatError(`${filename}: expected feature columns beside the label, got none`);
  return columns;
}

function describeMissing(text: string): string {
  if (text === '') return 'is empty';
  const isNumber = !isMissing(text) && Number.isFinite(Number(text));
  return `is '${text.slice(0, 40)}', ${isNumber ? 'too large for a 32-bit number' : 'not a number'}`;
}

/** UTF-16 text contains NUL characters, and the database cannot store them. */
function refuseNulCharacters(bytes: Uint8Array, filename: string): void {
  const position = bytes.indexOf(0);
  if (position < 0) return;
  const message = `expected a text in UTF-8, got NUL characters (the first at byte ${position})`;
  throw new FormatError(`${filename}: ${message}; save it as UTF-8`);
}

function refuseTextColumns(
  values: Float32Array,
  records: readonly string[][],
  columns: readonly Column[],
  filename: string,
): void {
  const texts = columns.flatMap(({ name, index }, position) => {
    const hasNumber = records.some((_, row) => Number.isFinite(values[row * columns.length + position]));
    const firstText = records.map(record => cell(record, index)).find(text => !isMissing(text));
    return hasNumber ? [] : [`'${name}' (${firstText ?? 'empty'})`];
  });
  if (texts.length === 0) return;
  const message = `expected numbers in every feature column, got none in ${texts.slice(0, 10).join(', ')}`;
  throw new FormatError(`${filename}: ${message}; leave these columns out, or encode them as numbers`);
}
