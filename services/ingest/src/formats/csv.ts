import { parse } from 'csv-parse/sync';
import { FormatError, type MissingValue, type RowTable } from './rows.js';

// CSV (RFC 4180) with a header row. All columns but the label's become one FP32 feature vector.

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?']);
const MAX_RECORD_BYTES = 16 * 1024 * 1024;
const FEATURE_NAME = 'features';

export interface CsvOptions {
  readonly filename: string;
  readonly partition: string;
  /** Empty: no labels. */
  readonly labelColumn: string;
}

/** Throws FormatError for ragged rows, a missing label column, text columns and empty files. */
export function parseCsv(bytes: Uint8Array, options: CsvOptions): RowTable {
  const records = parseRecords(bytes, options.filename);
  const [header, ...rows] = records;
  if (header === undefined) throw new FormatError(`${options.filename}: expected a header row and data rows, got an empty file`);
  if (rows.length === 0) throw new FormatError(`${options.filename}: expected data rows below the header, got none`);
  const columns = featureColumns(header, options);
  const labelIndex = options.labelColumn === '' ? -1 : header.indexOf(options.labelColumn);
  const values = new Float32Array(rows.length * columns.length);
  const missing: MissingValue[] = [];
  const seenNumber = columns.map(() => false);
  const firstText = columns.map((): string | undefined => undefined);
  for (const [row, record] of rows.entries()) {
    const problems: string[] = [];
    for (const [index, column] of columns.entries()) {
      const text = (record[column.index] ?? '').trim();
      const value = MISSING.has(text.toLowerCase()) ? Number.NaN : Number(text);
      values[row * columns.length + index] = value;
      if (Number.isFinite(value)) seenNumber[index] = true;
      else problems.push(`column '${column.name}' ${describeMissing(text)}`);
      if (!Number.isFinite(value) && !MISSING.has(text.toLowerCase())) firstText[index] ??= text;
    }
    if (labelIndex >= 0 && MISSING.has((record[labelIndex] ?? '').trim().toLowerCase())) problems.push('the label is missing');
    if (problems.length > 0) missing.push({ row, detail: problems.join(', ') });
  }
  refuseTextColumns(columns, seenNumber, firstText, options);
  return {
    partition: options.partition,
    feature: { name: FEATURE_NAME, datatype: 'FP32', shape: [columns.length], columns: columns.map(({ name }) => name) },
    data: new Uint8Array(values.buffer),
    bytesPerRow: columns.length * Float32Array.BYTES_PER_ELEMENT,
    rows: rows.length,
    labels: labelIndex < 0 ? undefined : rows.map(record => (record[labelIndex] ?? '').trim()),
    missing,
  };
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
      throw new FormatError(`${filename}: line ${lines} has another number of fields than the header; ${(error as Error).message}; repair the line`);
    }
    throw new FormatError(`${filename}: the CSV cannot be read: ${(error as Error).message}; repair the file`);
  }
}

function featureColumns(header: readonly string[], { filename, labelColumn }: CsvOptions): Column[] {
  const duplicate = header.find((name, index) => header.indexOf(name) !== index);
  if (duplicate !== undefined) throw new FormatError(`${filename}: the header names the column '${duplicate}' twice; rename one`);
  if (labelColumn !== '' && !header.includes(labelColumn)) {
    throw new FormatError(`${filename}: expected the label column '${labelColumn}', got ${header.slice(0, 30).join(', ')}; name one of these`);
  }
  const columns = header.map((name, index) => ({ name, index })).filter(({ name }) => name !== labelColumn);
  if (columns.length === 0) throw new FormatError(`${filename}: expected feature columns beside the label, got none`);
  return columns;
}

function describeMissing(text: string): string {
  return text === '' ? 'is empty' : `is '${text.slice(0, 40)}', not a number`;
}

function refuseTextColumns(columns: readonly Column[], seenNumber: readonly boolean[], firstText: readonly (string | undefined)[], { filename }: CsvOptions): void {
  const texts = columns.flatMap(({ name }, index) => (seenNumber[index] ? [] : [`'${name}' (${firstText[index] ?? 'empty'})`]));
  if (texts.length === 0) return;
  const message = `expected numbers in every feature column, got none in ${texts.slice(0, 10).join(', ')}`;
  throw new FormatError(`${filename}: ${message}; leave these columns out, or encode them as numbers`);
}
