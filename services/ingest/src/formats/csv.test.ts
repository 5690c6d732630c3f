import { describe, expect, test } from 'vitest';
import { parseCsv } from './csv.js';
import { featureValues } from './rows.js';

const parse = (text: string | Buffer, labelColumn = 'y') =>
  parseCsv(Buffer.from(text as string), { filename: 'f.csv', partition: 'train', labelColumn });

describe('parseCsv', () => {
  test('combines the feature columns in order, and separates the label', () => {
    const table = parse('a,y,b\n1,cat,2.5\n-3,dog,4e2\n');
    expect(table.feature).toEqual({ name: 'features', datatype: 'FP32', shape: [2], columns: ['a', 'b'] });
    expect([...featureValues(table)]).toEqual([1, 2.5, -3, 400]);
    expect(table.labels).toEqual(['cat', 'dog']);
    expect(table).toMatchObject({ rows: 2, bytesPerRow: 8, missing: [] });
  });

  test('accepts a byte order mark, Windows line ends, quotes and empty lines', () => {
    const table = parse('\uFEFF"a",y\r\n" 1 ","x, z"\r\n\r\n2,w\r\n');
    expect([...featureValues(table)]).toEqual([1, 2]);
    expect(table.labels).toEqual(['x, z', 'w']);
  });

  test('has no labels if no label column is requested', () => {
    expect(parse('a,b\n1,2\n', '').labels).toBeUndefined();
  });

  test('reports missing values and labels by row, all problems of a row together', () => {
    const table = parse('a,b,y\n1,2,p\n,NA,q\n3,x7,r\n4,5,\n6,inf,s\n');
    expect(table.missing).toEqual([
      { row: 1, detail: "column 'a' is empty, column 'b' is 'NA', not a number" },
      { row: 2, detail: "column 'b' is 'x7', not a number" },
      { row: 3, detail: 'the label is missing' },
      { row: 4, detail: "column 'b' is 'inf', not a number" },
    ]);
  });

  test('bug: a number too large for FP32 became infinite and was not reported', () => {
    expect(parse('a,y\n1,p\n1e39,q\n').missing).toEqual([
      { row: 1, detail: "column 'a' is '1e39', too large for a 32-bit number" },
    ]);
  });

  test('bug: 0 and -0 were different values, so equal rows were no duplicates', () => {
    expect(Object.is(featureValues(parse('a,y\n-0,p\n'))[0], 0)).toBe(true);
  });

  test.each([
    ['an empty file', '', 'expected a header row and data rows, got an empty file'],
    ['a header alone', 'a,y\n', 'expected data rows below the header, got none'],
    ['no label column', 'a,b\n1,2\n', "expected the label column 'y', got a, b; name one of these"],
    ['a label column alone', 'y\n1\n', 'expected feature columns beside the label, got none'],
    ['two columns of one name', 'a,a,y\n1,2,3\n', "the header names the column 'a' twice; rename one"],
    [
      'a short row',
      'a,b,y\n1,2,p\n1,p\n',
      /line 3 has another number of fields than the header; .*expect 3, got 2.*; repair the line/,
    ],
    ['a long row', 'a,y\n1,p\n1,2,p\n', /line 3 has another number of fields than the header; .*expect 2, got 3/],
    ['an open quote', 'a,y\n"1,p\n', /the CSV cannot be read: .*; repair the file/],
    [
      'a column of text',
      'a,b,y\n1,red,p\n2,blue,q\n',
      "got none in 'b' (red); leave these columns out, or encode them as numbers",
    ],
    ['an empty column', 'a,b,y\n1,,p\n2,,q\n', "got none in 'b' (empty)"],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(/^f\.csv: /);
  });

  test('bug: NUL characters (UTF-16, or a binary file) were accepted, which the database refuses to store', () => {
    expect(() => parse(Buffer.from('a,y\n1,p\n', 'utf16le'))).toThrow(/NUL characters.*UTF-8/);
    expect(() => parse('a,y\n1,p\0q\n')).toThrow(/NUL characters/);
  });
});
