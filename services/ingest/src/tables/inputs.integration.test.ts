// Small inputs of the kinds that people bring, each with what must come of it: columns and findings, or a message.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  describeColumns,
  describeFindings,
  type Imported,
  type ImportOptions,
  importFiles,
  type TestFile,
} from './tables.testkit.js';

/** Rows of an unremarkable table: a number, another one, and a class. */
function rowsOf(count: number, row: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${row(index)}\n`).join('');
}
const plain = (index: number) => `${(index * 7919) % 101}.5,${(index * 104729) % 97},${index % 2 === 0 ? 'p' : 'q'}`;
const PLAIN = rowsOf(60, plain);
const COLUMNS = 'a FP64, b INT64, y category target';

interface Case {
  readonly title: string;
  readonly files?: readonly TestFile[];
  readonly csv?: string | Uint8Array;
  readonly options?: ImportOptions;
  readonly columns?: string;
  /** All findings. */
  readonly findings?: readonly string[];
  readonly rows?: number;
  /** The first values of columns. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
  readonly error?: RegExp;
  readonly also?: (table: Imported) => void;
}

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
const bigEndian = (text: string) => utf16(text).swap16();

const CASES: readonly Case[] = [
  // How files are written
  { title: 'a byte order mark', csv: `\uFEFFa,b,y\n${PLAIN}`, columns: COLUMNS },
  {
    title: 'a byte order mark before the line of Excel',
    csv: `\uFEFFsep=;\na;b;y\n${PLAIN.replaceAll(',', ';')}`,
    columns: COLUMNS,
  },
  {
    title: 'CRLF everywhere',
    csv: `a,b,y\n${PLAIN}`.replaceAll('\n', '\r\n'),
    columns: COLUMNS,
    values: { y: ['p', 'q'] },
  },
  { title: 'CR alone', csv: `a,b,y\n${PLAIN}`.replaceAll('\n', '\r'), columns: COLUMNS },
  {
    title: 'LF, then CRLF in the middle',
    csv: `a,b,y\n${PLAIN}${PLAIN.replaceAll('\n', '\r\n')}`,
    rows: 120,
    columns: COLUMNS,
  },
  { title: 'no line end at the end', csv: `a,b,y\n${PLAIN}`.trimEnd(), rows: 60, columns: COLUMNS },
  {
    title: 'empty lines before, between and after rows',
    csv: `\n\na,b,y\n\n${PLAIN}\n\n${PLAIN}\n\n`,
    rows: 120,
    columns: COLUMNS,
  },
  { title: 'tabs', csv: `a\tb\ty\n${PLAIN.replaceAll(',', '\t')}`, columns: COLUMNS },
  { title: 'bars', csv: `a|b|y\n${PLAIN.replaceAll(',', '|')}`, columns: COLUMNS },
  {
    title: 'a delimiter by the option',
    csv: `a:b:y\n${PLAIN.replaceAll(',', ':')}`,
    options: { reading: { delimiter: ':' } },
    columns: COLUMNS,
  },
  {
    title: 'decimal commas between semicolons',
    csv: `a;b;y\n${rowsOf(60, i => `${i % 7},5;${i % 5};${i % 2 ? 'p' : 'q'}`)}`,
    options: { reading: { decimal: ',' } },
    columns: COLUMNS,
    values: { a: [0.5, 1.5] },
  },
  {
    title: 'lines before the header',
    csv: `# exported "today\n# by me\na,b,y\n${PLAIN}`,
    options: { reading: { skipLines: 2 } },
    columns: COLUMNS,
  },
  {
    title: 'a header with a line feed in quotes',
    csv: `"a\nb",b,y\n${PLAIN}`,
    columns: 'a\nb FP64, b INT64, y category target',
    rows: 60,
  },
  {
    title: 'quotes, delimiters and line feeds in values',
    csv: `a,b,y\n${rowsOf(60, i => `${i % 9}.5,${i % 5},"class ""${i % 2}"", of\n two"`)}`,
    columns: COLUMNS,
    values: { y: ['class "0", of\n two', 'class "1", of\n two'] },
  },
  {
    title: 'a space before a quote',
    csv: `a, b, y\n${rowsOf(60, i => `${i % 9}.5, ${i % 5}, "p, ${i % 2}"`)}`,
    columns: COLUMNS,
    values: { y: ['p, 0'] },
  },
  {
    title: 'UTF-16 with a mark',
    csv: utf16(`a,b,y\n${PLAIN.replaceAll('p', 'é')}`),
    columns: COLUMNS,
    values: { y: ['é', 'q'] },
  },
  { title: 'big-endian UTF-16', csv: bigEndian(`a,b,y\n${PLAIN}`), columns: COLUMNS },
  {
    title: 'UTF-16 without a mark',
    csv: Buffer.from(`a,b,y\n${PLAIN}`, 'utf16le'),
    error: /^f\.csv: .*NUL character at byte 1; .*utf-16le/,
  },
  {
    title: 'an unknown encoding',
    csv: PLAIN,
    options: { reading: { encoding: 'latin-9000' } },
    error: /got 'latin-9000'; correct --encoding/,
  },
  {
    title: 'a wrong encoding',
    csv: Buffer.from([0x61, 0x0a, 0x81, 0x0a]),
    options: { reading: { encoding: 'shift_jis' } },
    error: /expected text in shift_jis/,
  },
  {
    title: 'a broken character at the end',
    csv: Buffer.concat([Buffer.from('a,y\n1,p\n2,'), Buffer.from([0xc3])]),
    error: /0xc3 at byte 10;/,
  },
  {
    title: 'gzip',
    csv: gzipSync(`a,b,y\n${PLAIN}`),
    columns: COLUMNS,
    also: table => expect(table.reading[0]?.compression).toBe('gzip'),
  },
  {
    title: 'gzip that is cut off',
    csv: gzipSync(`a,b,y\n${PLAIN}`).subarray(0, 60),
    error: /^f\.csv: the gzip file is damaged: .*; compress it again/,
  },
  {
    title: 'zstd',
    // zstd -19 of "a,b,y\n" and 60 rows "1.5,2,p" or "2.5,3,q"
    csv: Buffer.from('KLUv/QRYnQAAoGEsYix5CjEuNSwyLHAKMi41LDMscQoCAGSeDAhBGXpPJg==', 'base64'),
    error: /zstd file is damaged/,
  },
  {
    title: 'a gzip bomb',
    csv: gzipSync(Buffer.alloc(2_000_000, 'a')),
    options: { limits: { maxUnpackedBytes: 1_000_000 } },
    error: /unpacks to more than the 1000000 bytes/,
  },
  { title: 'gzip in gzip', csv: gzipSync(gzipSync(PLAIN)), error: /compressed twice/ },

  // Headers and names
  {
    title: 'no header, by the option',
    csv: PLAIN,
    options: { reading: { header: false, columns: ['a', 'b', 'y'] } },
    columns: COLUMNS,
    rows: 60,
  },
  {
    title: 'no header, sniffed',
    csv: PLAIN,
    options: { targets: ['column_3'] },
    columns: 'column_1 FP64, column_2 INT64, column_3 category target',
    rows: 60,
  },
  {
    title: 'names instead of those of the header',
    csv: `x,y,z\n${PLAIN}`,
    options: { reading: { header: true, columns: ['a', 'b', 'y'] } },
    columns: COLUMNS,
    rows: 60,
  },
  {
    title: 'texts only, with a header',
    csv: `l,m,y\n${rowsOf(60, i => `${'xob'[i % 3]},${'xob'[(i * 7) % 3]},${i % 2 ? 'p' : 'q'}`)}`,
    columns: 'l category, m category, y category target',
    rows: 60,
  },
  {
    title: 'texts only, without a header',
    csv: rowsOf(60, i => `${'xob'[i % 3]},${'xob'[(i * 7) % 3]},${i % 2 ? 'p' : 'q'}`),
    options: { targets: ['column_3'] },
    rows: 60,
  },
  { title: 'names that differ in case only', csv: `a,A,y\n${PLAIN}`, columns: 'a FP64, A INT64, y category target' },
  {
    title: 'names with quotes and semicolons of SQL',
    csv: `"a'; DROP TABLE t; --","b""]",y\n${PLAIN}`,
    columns: `a'; DROP TABLE t; -- FP64, b"] INT64, y category target`,
  },
  { title: 'an empty name', csv: `a,,y\n${PLAIN}`, columns: 'a FP64, column_2 INT64, y category target' },
  {
    title: 'a trailing delimiter in the header too',
    csv: `a,b,y,\n${PLAIN.replaceAll('\n', ',\n')}`,
    columns: COLUMNS,
  },
  {
    title: 'too few names',
    csv: PLAIN,
    options: { reading: { header: false, columns: ['a', 'y'] } },
    error: /got 2 names in --columns and 3 values in line 1/,
  },
  {
    title: 'a target that is not there',
    csv: `a,b,label
${PLAIN}`,
    options: { targets: ['lable'] },
    error: /--target names the column 'lable', but the columns are a, b, label; did you mean 'label'\?/,
  },
  {
    title: 'an unknown column in an option',
    csv: `a,b,y\n${PLAIN}`,
    options: { reading: { types: { c: 'text' } } },
    error: /--type names the column 'c'/,
  },
  {
    title: 'a column that is ignored',
    csv: `a,b,y\n${PLAIN}`,
    options: { reading: { ignore: ['b'] } },
    columns: 'a FP64, y category target',
  },
  {
    title: 'roles by the option',
    csv: `a,b,y\n${PLAIN}`,
    options: { roles: { b: 'weight' } },
    columns: 'a FP64, b INT64 weight, y category target',
  },
  {
    title: 'no input',
    csv: `y\n${rowsOf(60, i => 'pq'[i % 2]!)}`,
    error: /expected at least one input column, got y \(target\)/,
  },

  // Rows
  { title: 'nothing', csv: '', error: /^f\.csv: expected a table, got an empty file/ },
  { title: 'white space', csv: '\n \n\n', error: /^f\.csv: / },
  {
    title: 'a header alone',
    csv: 'a,b,y\n',
    error: /^f\.csv: expected data rows below the header, got a header alone \(a, b, y\)/,
  },
  {
    title: 'a short row',
    csv: `a,b,y\n${PLAIN}1,2\n`,
    error: /^f\.csv: line 62 has 2 values, expected 3: 1,2; repair the line/,
  },
  { title: 'a long row', csv: `a,b,y\n${PLAIN}1,2,3,4\n${PLAIN}`, error: /line 62 has 4 values, expected 3/ },
  {
    title: 'a quote that is never closed',
    csv: `a,b,y\n${PLAIN}1,2,"p\n${PLAIN}`,
    error: /line 62 has a quote that is never closed/,
  },
  {
    title: 'text after a closing quote',
    csv: `a,b,y\n${PLAIN}1,2,"p"x\n${PLAIN}`,
    error: /line 62 has text after a closing quote/,
  },
  { title: 'a NUL character', csv: `a,b,y\n${PLAIN}1,2,p\0\n`, error: /NUL character at byte/ },
  {
    title: 'a row of 3 MB',
    csv: `a,b,y\n${PLAIN}1,2,${'p'.repeat(3_000_000)}\n`,
    error: /line 62 is a row of 3000\d+ bytes, expected at most 2000000/,
  },

  // Types
  {
    title: 'missing tokens in numbers',
    csv: `a,y\n${rowsOf(70, i => `${['', 'NA', 'n/a', 'NaN', 'null', '?', '-'][i] ?? i % 9},${'pq'[i % 2]}`)}`,
    columns: 'a FP64?, y category target',
    values: { a: [...Array.from({ length: 7 }, () => undefined), 7] },
  },
  {
    title: 'the same tokens in texts, where only the empty cell is missing',
    csv: `a,b,y\n${rowsOf(60, i => `${['', 'NA', '?', '-', 'none'][i % 5]},${i % 7},${'pq'[i % 2]}`)}`,
    columns: 'a category?, b INT64, y category target',
    values: { a: [undefined, 'NA', '?', '-', 'none'] },
  },
  {
    title: 'own tokens for missing values',
    csv: `a,b,y\n${rowsOf(60, i => `${i % 5 === 0 ? '-999' : 'x'},${i % 6 === 0 ? '-999' : i % 7},${'pq'[i % 2]}`)}`,
    options: { reading: { nulls: ['-999'] } },
    columns: 'a category?, b FP64?, y category target',
  },
  {
    title: 'own tokens with spaces around them',
    csv: `a, b, y\n${rowsOf(60, i => `${i % 5 === 0 ? ' ? ' : 'x'}, ${i % 6 === 0 ? '-999' : i % 7}, ${'pq'[i % 2]}`)}`,
    options: { reading: { nulls: ['-999', '?'] } },
    columns: 'a category?, b FP64?, y category target',
    values: { a: [undefined, 'x'], b: [undefined, 1] },
  },
  {
    title: 'own tokens in JSON, as texts and as numbers',
    files: [
      {
        name: 'f.jsonl',
        content: rowsOf(60, i => JSON.stringify({ a: i % 5 ? 'x' : '-', b: i % 6 ? i % 7 : -999, y: 'pq'[i % 2] })),
      },
    ],
    options: { reading: { nulls: ['-999', '-'] } },
    columns: 'a category?, b FP64?, y category target',
    values: { a: [undefined, 'x'], b: [undefined, 1] },
  },
  {
    title: 'bug: a token with decimals cleared the whole numbers that it rounds to',
    files: [{ name: 'f.jsonl', content: rowsOf(60, i => JSON.stringify({ b: i % 7, y: 'pq'[i % 2] })) }],
    options: { reading: { nulls: ['0.4', '5.5'] } },
    columns: 'b INT64, y category target',
  },
  {
    title: 'yes and no stay texts, true and false are booleans',
    csv: `a,b,c,y\n${rowsOf(60, i => `${['yes', 'no'][i % 2]},${['true', 'FALSE', 'True'][i % 3]},${['Y', 'N'][(i * 7) % 2]},${'pq'[i % 2]}`)}`,
    options: { only: {} },
    columns: 'a category, b BOOL, c category, y category target',
    values: { b: [1, 0, 1] },
  },
  {
    title: 'booleans with gaps',
    csv: `a,y\n${rowsOf(60, i => `${['true', '', 'false'][i % 3]},${'pq'[i % 2]}`)}`,
    columns: 'a FP64?, y category target',
  },
  {
    title: 'yes as a boolean by the option',
    csv: `a,b,y\n${rowsOf(60, i => `${['yes', 'N'][i % 2]},${i % 7},${'pq'[(i * 7) % 3 === 0 ? 0 : 1]}`)}`,
    options: { reading: { types: { a: 'boolean' } } },
    values: { a: [1, 0] },
  },
  {
    title: 'codes with leading zeros',
    csv: `zip,b,y\n${rowsOf(60, i => `0${1000 + (i % 9)},${i % 7},${'pq'[i % 2]}`)}`,
    columns: 'zip category, b INT64, y category target',
    values: { zip: ['01000'] },
  },
  {
    title: 'a code as a category by the option',
    csv: `a,b,y
${rowsOf(60, i => `${i % 9}.5,${i % 7},${'pq'[i % 2]}`)}`,
    options: { reading: { types: { b: 'category' } } },
    columns: 'a FP64, b category, y category target',
  },
  {
    title: 'a fraction far below whole numbers is not rounded',
    csv: `a,b,y\n${rowsOf(60_000, i => `${i === 50_000 ? '2.5' : i % 9},${i % 7},${'pq'[i % 2]}`)}`,
    columns: 'a FP64, b INT64, y category target',
    also: table => expect(table.values('a')[50_000]).toBe(2.5),
  },
  {
    title: 'a whole number beyond 2^53 far below small ones is exact',
    csv: `a,b,y\n${rowsOf(60_000, i => `${i === 50_000 ? '9007199254740993' : i % 9},${i % 7},${'pq'[i % 2]}`)}`,
    also: table => expect(table.values('a')[50_000]).toBe(9007199254740993n),
  },
  {
    title: 'numbers beyond 64 bits are texts',
    csv: `a,b,y\n${rowsOf(60, i => `1234567890123456789${i % 3}${i % 5},${i % 7},${'pq'[i % 2]}`)}`,
    columns: 'a category, b INT64, y category target',
  },
  {
    title: 'large ids with a gap are texts, not rounded',
    csv: `a,b,y\n${rowsOf(60, i => `${i === 3 ? '' : 9007199254740993n + BigInt(i)},${i % 7},${'pq'[i % 2]}`)}`,
    columns: 'a category?, b INT64, y category target',
  },
  {
    title: 'a number too large for a double',
    csv: `a,b,y\n${rowsOf(60, i => `${i === 5 ? '1e999' : `${i % 9}.5`},${i % 7},${'pq'[i % 2]}`)}`,
    error: /expected numbers in the column 'a', got 1 other values of 60: '1e999' \(line 7\)/,
  },
  {
    title: 'a few words among numbers',
    csv: `a,b,y\n${rowsOf(60, i => `${i === 40 ? 'many' : i % 9},${i % 7},${'pq'[i % 2]}`)}`,
    error:
      /^f\.csv: expected numbers in the column 'a', got 1 other values of 60: 'many' \(line 42\); .*--type a=category.*--on-misfit null\|quarantine/,
  },
  {
    title: 'a word among numbers as missing',
    csv: `a,b,y\n${rowsOf(60, i => `${i === 40 ? 'many' : i % 9},${i % 7},${'pq'[i % 2]}`)}`,
    options: { reading: { onMisfit: 'null' } },
    columns: 'a FP64?, b INT64, y category target',
    findings: ['misfit 1/0 a'],
    rows: 60,
  },
  {
    title: 'a word among numbers in quarantine',
    csv: `a,b,y\n${rowsOf(60, i => `${i === 40 ? 'many' : i % 9},${i % 7},${'pq'[i % 2]}`)}`,
    options: { reading: { onMisfit: 'quarantine' } },
    columns: COLUMNS.replace('FP64', 'INT64'),
    findings: ['misfit 1/1 a'],
    also: table => {
      expect(table.quarantined).toEqual([
        {
          ...{ rowId: 'train/40', filename: 'f.csv', rowNumber: 41 },
          values: { a: null, b: 5, y: 'p' },
          reasons: [{ check: 'misfit', column: 'a', value: 'many', detail: "expected numbers in 'a', got 'many'" }],
        },
      ]);
      expect(table.values('a')).toHaveLength(59);
    },
  },
  {
    title: 'percent signs and currencies',
    csv: `a,b,y\n${rowsOf(60, i => `${i % 9}%,$${i % 7}.50,${'pq'[i % 2]}`)}`,
    error: /'0%' \(line 2\).*--strip 'a=%'/,
  },
  {
    title: 'percent signs and currencies that are stripped',
    csv: `a,b,y\n${rowsOf(60, i => `${i % 9}%,$${i % 7}.50,${'pq'[i % 2]}.`)}`,
    options: { reading: { strip: { a: '%', b: '$', y: '.' } } },
    columns: 'a INT64, b FP64, y category target',
    values: { y: ['p', 'q'] },
  },
  {
    title: 'dates and times, with and without offsets',
    csv: `a,b,c,y\n${rowsOf(60, i => `2024-01-${10 + (i % 9)},2024-01-02T03:04:0${i % 9}+02:00,2024/02/0${1 + (i % 9)} 10:00,${'pq'[i % 2]}`)}`,
    columns: 'a timestamp, b timestamp, c timestamp, y category target',
    values: { a: ['2024-01-10T00:00:00.000Z'], b: ['2024-01-02T01:04:00.000Z'], c: ['2024-02-01T10:00:00.000Z'] },
  },
  {
    title: 'mixed formats of dates',
    csv: `a,b,y\n${rowsOf(60, i => `${i % 2 ? `2024-01-1${i % 9}` : `1${i % 9}/01/2024`},${i % 7},${'pq'[(i * 7) % 3 ? 0 : 1]}`)}`,
    columns: 'a category, b INT64, y category target',
  },
  {
    title: 'dates as whole numbers by the option',
    csv: `a,b,y\n${rowsOf(60, i => `2024013${i % 2},${i % 7},${'pq'[(i * 7) % 3 ? 0 : 1]}`)}`,
    options: { reading: { types: { a: 'timestamp' } } },
    values: { a: ['2024-01-30T00:00:00.000Z', '2024-01-31T00:00:00.000Z'] },
  },
  {
    title: 'free text',
    csv: `a,b,y\n${rowsOf(3000, i => `"some words, number ${i} and ${i * i}",${i % 7},${'pq'[i % 2]}`)}`,
    columns: 'a text, b INT64, y category target',
    values: { a: ['some words, number 0 and 0'] },
  },
  {
    title: 'an empty column',
    csv: `a,b,y\n${rowsOf(60, i => `,${i % 7},${'pq'[i % 2]}`)}`,
    columns: 'a FP64?, b INT64, y category target',
    findings: ['constant-column 0/0 a'],
  },
  {
    title: 'a whole-number target stays a number',
    csv: `a,b,y\n${rowsOf(60, i => `${i % 11}.5,${i % 7},${i % 3}`)}`,
    columns: 'a FP64, b INT64, y INT64 target',
  },
  {
    title: 'negative zero and zero are equal',
    csv: `a,y\n${rowsOf(60, i => `${i % 2 ? '-0.0' : '0.0'},${i % 3}`)}${rowsOf(60, i => `1.5,${i % 2}`)}`,
    rows: 120,
  },
];

const targetsOf = (options: ImportOptions = {}): ImportOptions => ({ targets: ['y'], ...options });

describe('an import', () => {
  it.each(CASES)(
    'of $title',
    async ({ csv = '', files = [{ name: 'f.csv', content: csv }], options, error, ...expected }) => {
      // These tables are small and regular: equal inputs and chance patterns are no subject here.
      const running = importFiles(files, { acceptLoss: true, ...targetsOf(options) });
      if (error !== undefined) {
        await expect(running).rejects.toThrow(error);
        await expect(running).rejects.toMatchObject({ name: 'FormatError' });
        return;
      }
      const table = await running;
      const { columns, rows, findings, values = {}, also } = expected;
      if (columns !== undefined) expect(describeColumns(table)).toBe(columns);
      if (rows !== undefined) expect(table.rowsRead).toBe(rows);
      if (findings !== undefined) expect(describeFindings(table)).toEqual(expect.arrayContaining([...findings]));
      for (const [column, first] of Object.entries(values))
        expect(table.values(column).slice(0, first.length), column).toEqual(first);
      also?.(table);
    },
  );
});
