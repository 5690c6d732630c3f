// How a CSV file is written, from the beginning of its text: its delimiter, whether it has a header, its names.

import { FormatError } from '../../formats/rows.js';
import { isMissingToken, valueKind } from '../columns/value-kind.js';
import type { TableReading } from '../table-plan.js';
import { type CsvRecord, isBlank, parseRecords } from './record-parser.js';

export interface Dialect {
  readonly delimiter: string;
  readonly header: boolean;
  /** Records before the data, empty lines included: skipped lines, the line "sep=", the header. */
  readonly skipRecords: number;
  /** Of the data, as in the file; an empty name is given by the caller. */
  readonly names: readonly string[];
  /** Records of the data. */
  readonly records: readonly CsvRecord[];
}

/** In order of preference where several fit equally well. */
const DELIMITERS = ['\t', ';', '|', ','] as const;
const SNIFFED_RECORDS = 200;

/** `text` begins the file and ends after a record. */
export function sniffDialect(text: string, reading: TableReading, filename: string): Dialect {
  const rest = skipLines(text.replace(/^\uFEFF/, ''), reading.skipLines);
  const separator = /^sep=(.)(\r\n|\r|\n|$)/i.exec(rest);
  const body = separator === null ? rest : rest.slice(separator[0].length);
  const delimiter = reading.delimiter ?? separator?.[1] ?? sniffDelimiter(body, reading);
  const all = parseRecords(body, delimiter);
  const first = all.findIndex(record => !isBlank(record));
  if (all.every(({ fields }) => fields.every(field => field.trim() === '')))
    throw new FormatError(`${filename}: expected a header row and data rows, got an empty file`);
  const records = all.slice(first).filter(record => !isBlank(record));
  const linesBefore = reading.skipLines + (separator === null ? 0 : 1);
  const header = reading.header ?? hasHeader(records, reading);
  const skipRecords = linesBefore + first + (header ? 1 : 0);
  const data = (header ? records.slice(1) : records).map(each => ({ ...each, line: each.line + linesBefore }));
  const names = namesOf(records[0]!, data, { header, reading, filename });
  return { delimiter, header, skipRecords, names, records: data };
}

function skipLines(text: string, count: number): string {
  let rest = text;
  for (let line = 0; line < count; line++) rest = rest.replace(/^[^\r\n]*(\r\n|\r|\n|$)/, '');
  return rest;
}

/** The delimiter by which most records have as many fields as the first; at least two. */
export function sniffDelimiter(text: string, { decimal }: Pick<TableReading, 'decimal'>): string {
  let best = { delimiter: ',', share: 0 };
  for (const delimiter of DELIMITERS) {
    if (delimiter === ',' && decimal === ',') continue;
    const records = parseRecords(text.slice(0, 256 * 1024), delimiter)
      .slice(0, SNIFFED_RECORDS)
      .filter(record => !isBlank(record));
    const width = records[0]?.fields.length ?? 0;
    // A trailing delimiter is in the rows only.
    const fits = records.filter(({ fields }) => fields.length === width || fields.length === width + 1).length;
    const share = width < 2 ? 0 : fits / records.length;
    if (share > best.share) best = { delimiter, share };
  }
  return best.share === 0 && decimal === ',' ? ';' : best.delimiter;
}

/**
 * Whether the first record has names and no values: in a column whose other values are numbers, dates or booleans its
 * cell is a text. In a table of texts only, whether none of its cells is found again below it.
 */
function hasHeader(records: readonly CsvRecord[], reading: TableReading): boolean {
  const [first, ...rest] = records.slice(0, SNIFFED_RECORDS);
  if (first === undefined) return false;
  const names = first.fields.map(cell => cell.trim());
  if (reading.columns !== undefined) return reading.columns.every((name, index) => name.trim() === names[index]);
  let votes = 0;
  for (const [index, name] of names.entries()) {
    const cells = rest.map(({ fields }) => (fields[index] ?? '').trim()).filter(cell => !isMissingToken(cell));
    if (cells.length === 0 || name === '') continue;
    const kinds = cells.map(valueKind);
    const typed = kinds.filter(kind => kind !== 'text').length / kinds.length;
    if (typed > 0.8) votes += valueKind(name) === 'text' && !isMissingToken(name) ? 1 : -1;
  }
  if (votes !== 0) return votes > 0;
  const texts = names.filter(name => name !== '');
  const isRepeated = (name: string, index: number) => rest.some(({ fields }) => fields[index]?.trim() === name);
  return (
    texts.length > 0 && texts.every(name => valueKind(name) === 'text') && !names.some((name, i) => isRepeated(name, i))
  );
}

interface NameContext {
  readonly header: boolean;
  readonly reading: TableReading;
  readonly filename: string;
}

function namesOf(first: CsvRecord, data: readonly CsvRecord[], { header, reading, filename }: NameContext): string[] {
  const width = usualWidth(data) ?? first.fields.length;
  const isEmptyLast = data.every(({ fields }) => fields.length < width || fields[width - 1]?.trim() === '');
  const fit = (names: readonly string[], what: string): string[] => {
    if (names.length === width) return [...names];
    if (names.length === width - 1 && isEmptyLast) return [...names, ''];
    const message = `expected as many names as values, got ${names.length} ${what} and ${width} values in line ${data[0]?.line}`;
    throw new FormatError(`${filename}: ${message}; correct the names, or name the --delimiter`);
  };
  if (reading.columns !== undefined) return fit(reading.columns, 'names in --columns');
  if (header) return fit(first.fields, 'names in the header');
  return Array.from({ length: width }, () => '');
}

/** The most frequent number of fields. */
function usualWidth(records: readonly CsvRecord[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
