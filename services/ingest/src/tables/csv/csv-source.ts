import { FormatError } from '../../formats/rows.js';
import { toColumnNames } from '../columns/column-names.js';
import { isMissingToken, valueKind } from '../columns/value-kind.js';
import { literal, literals } from '../database/sql.js';
import type { PreparedSource } from '../sources/prepare-source.js';
import type { ReadAs, SourceTable, WantedColumn } from '../sources/source-table.js';
import type { TableReading } from '../table-plan.js';
import { type Dialect, sniffDialect } from './dialect.js';
import { explainCsvError, MAX_ROW_BYTES } from './explain-csv-error.js';
import { linesOfRows } from './read-records.js';
import { parseRecords } from './record-parser.js';
import { sampleText, type TextSample } from './sample-text.js';

export async function openCsv(source: PreparedSource, reading: TableReading): Promise<SourceTable> {
  const { filename, partition, compression, encoding } = source;
  const sample = await sampleText(source.path);
  if (!sample.isWhole && !/[\r\n]/.test(sample.head)) throw new FormatError(tooLong(filename));
  const dialect = sniffDialect(sample.head, reading, filename);
  if (dialect.records.length === 0) throw new FormatError(noRows(filename, dialect, sample));
  const names = toColumnNames(dialect.names, filename);
  const { delimiter, header } = dialect;
  // Replaced by a copy with one kind of line ends if the file has several.
  const file = { path: source.path };
  return {
    filename,
    partition,
    names,
    unnamed: new Set(dialect.names.flatMap((name, index) => (name.trim() === '' ? [index] : []))),
    hints: hintsOf(dialect, sample, reading),
    isTyped: false,
    applied: { filename, format: 'csv', compression, delimiter, header, skipLines: reading.skipLines, encoding },
    select: wanted => selectCsv({ ...file, dialect, reading, width: names.length }, wanted),
    linesOf: ordinals => linesOfRows(file.path, dialect, ordinals),
    explain: async error => {
      const explained = await explainCsvError(error, { ...source, ...file }, dialect);
      if (explained instanceof Error) return explained;
      file.path = explained;
      return undefined;
    },
  };
}

function noRows(filename: string, { header, names }: Dialect, { isWhole }: TextSample): string {
  if (!isWhole) return tooLong(filename);
  const what = header ? `a header alone (${names.slice(0, 30).join(', ')})` : 'none';
  return `${filename}: expected data rows below the header, got ${what}`;
}

function tooLong(filename: string): string {
  return `${filename}: expected rows of at most ${MAX_ROW_BYTES} bytes, got a longer one at the beginning; is it a table?`;
}

function hintsOf({ delimiter, names, records }: Dialect, { parts }: TextSample, reading: TableReading): ReadAs[] {
  // A part may begin inside of quotes: only rows of the right width count.
  const later = parts.flatMap(part => parseRecords(part, delimiter).slice(0, -1));
  const rows = [...records, ...later.filter(({ fields }) => fields.length === names.length)];
  // A number that stands for a missing value may have spaces around it, which a reader of numbers ignores.
  const isPlain = reading.decimal === '.' && reading.thousands === undefined && !reading.nulls.some(isNumeric);
  return names.map((_, index) =>
    hintOf(rows.map(({ fields }) => (fields[index] ?? '').trim()).filter(Boolean), isPlain),
  );
}

function isNumeric(text: string): boolean {
  const kind = valueKind(text);
  return kind === 'integer' || kind === 'number';
}

/** A type that the whole sample fits; else text, which is looked at in full. */
function hintOf(cells: readonly string[], isPlain: boolean): ReadAs {
  const kinds = new Set(cells.map(cell => (isMissingToken(cell) ? 'text' : valueKind(cell))));
  const isNumber = kinds.size > 0 && cells.every(isNumeric);
  // Above 15 digits a double may not be exact.
  if (isPlain && isNumber && cells.every(cell => cell.length <= 15 || valueKind(cell) === 'number'))
    return { type: 'DOUBLE', whole: !kinds.has('number') };
  const hasOffset = () => cells.some(cell => /[ T]\d{1,2}:.*([+-]|[A-Z])/.test(cell));
  if (kinds.size === 1 && kinds.has('timestamp') && !hasOffset()) return { type: 'TIMESTAMP', whole: false };
  return { type: 'VARCHAR', whole: false };
}

interface CsvFile {
  readonly path: string;
  readonly dialect: Dialect;
  readonly reading: TableReading;
  readonly width: number;
}

function selectCsv({ path, dialect, reading, width }: CsvFile, wanted: readonly WantedColumn[]): string {
  const types = Array.from({ length: width }, (_, index): [string, string] => [`x${index}`, 'VARCHAR']);
  for (const { index, sql, type } of wanted) types[index] = [sql, type];
  const options = [
    'auto_detect = false',
    'header = false',
    `columns = {${types.map(([name, type]) => `'${name}': '${type}'`).join(', ')}}`,
    `delim = ${literal(dialect.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `skip = ${dialect.skipRecords}`,
    `nullstr = [${literals(['', ...reading.nulls])}]`,
    `max_line_size = ${MAX_ROW_BYTES}`,
  ];
  const values = wanted.map(({ sql, strip }) =>
    strip === undefined ? sql : `replace(${sql}, ${literal(strip)}, '') AS ${sql}`,
  );
  return `SELECT ${values.join(', ')} FROM read_csv(${literal(path)}, ${options.join(', ')})`;
}
