// The files of the test bed next to the checkout, each with the outcome that its README names.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeColumns, describeFindings, type ImportOptions, importFiles } from './tables.testkit.js';

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/torture', import.meta.url));
const isThere = existsSync(FOLDER);

const load = (file: string, options: ImportOptions = {}) =>
  importFiles([{ path: join(FOLDER, file) }], { targets: ['y'], ...options });

describe.skipIf(!isThere)(`tables that people bring${isThere ? '' : ' (no data beside the checkout)'}`, () => {
  it('01a: reads a header in CRLF above rows in LF', async () => {
    const table = await load('01a-header-crlf-rows-lf.csv');
    expect(table.rowsRead).toBe(60);
    expect(describeColumns(table)).toBe('a FP64, b FP64, y category target');
  });

  it('02a: refuses Latin-1 naming the byte, and reads it as two classes by the option', async () => {
    await expect(load('02a-latin1-labels.csv')).rejects.toThrow(/0xe9 at byte 24; .*--encoding latin1/);
    const table = await load('02a-latin1-labels.csv', { reading: { encoding: 'latin1' } });
    expect(new Set(table.values('y'))).toEqual(new Set(['café', 'cafè', 'tea']));
  });

  it('02d: refuses headers in Latin-1, and reads two columns by the option', async () => {
    await expect(load('02d-latin1-two-headers-alike.csv')).rejects.toThrow(/0xe4 at byte 1/);
    const table = await load('02d-latin1-two-headers-alike.csv', { reading: { encoding: 'latin1' } });
    expect(table.columns.map(({ name }) => name)).toEqual(['mä', 'mü', 'y']);
  });

  it('03a: reports thousands with examples, and reads them by the option', async () => {
    await expect(load('03a-thousands.csv')).rejects.toThrow(/'price', got 30 other.*'1,037' \(line 3\).*--thousands ,/);
    const table = await load('03a-thousands.csv', { reading: { thousands: ',' } });
    expect(table.values('price').slice(0, 3)).toEqual([100n, 1037n, 102n]);
    expect(new Set(table.values('y'))).toEqual(new Set(['small', 'big']));
  });

  it('04b: keeps ids beyond 2^53 exact, and finds no duplicates', async () => {
    const table = await load('04b-ids-beyond-2-53.csv');
    expect(table.values('id').slice(0, 2)).toEqual([9007199254740993n, 9007199254740994n]);
    expect(describeColumns(table)).toContain('id INT64 id');
    expect(describeFindings(table)).toContain('identifier-like 0/0 id');
    expect(describeFindings(table).filter(finding => finding.startsWith('duplicate'))).toEqual([]);
  });

  it('04d: compares dates as whole numbers exactly, and suggests dates', async () => {
    const table = await load('04d-yyyymmdd.csv');
    expect(describeFindings(table)).toEqual(['date-as-number 0/0 date']);
  });

  it('05b: has three classes, NA among them', async () => {
    const table = await load('05b-label-NA-country.csv', { targets: ['country'] });
    expect(new Set(table.values('country'))).toEqual(new Set(['NA', 'ZA', 'BW']));
  });

  it('06a: trims names and cells alike', async () => {
    const table = await load('06a-space-after-comma.csv');
    expect(describeColumns(table)).toBe('a FP64, b FP64, y category target');
    expect(new Set(table.values('y'))).toEqual(new Set(['p', 'q']));
  });

  it('06c: refuses a name that is there twice after trimming', async () => {
    await expect(load('06c-twin-by-space.csv')).rejects.toThrow("the name 'a' is there twice");
  });

  it('07d: names a column with tiny deviations as constant in 32 bits', async () => {
    const table = await load('07d-tiny-deviation.csv');
    expect(describeFindings(table)).toContain('constant-column 0/0 b');
  });

  it('08: has 1,200 classes', async () => {
    const table = await load('08-classes-1200.csv', { targets: ['product'] });
    expect(table.columns.at(-1)).toMatchObject({ name: 'product', entries: 1200 });
  });

  it('09: has the same classes in both files, 1 and 1.0', async () => {
    const files = [
      { path: join(FOLDER, '09-train.csv') },
      { path: join(FOLDER, '09-test.csv'), partition: 'test' as const },
    ];
    const table = await importFiles(files, { targets: ['y'] });
    expect(new Set(table.values('y'))).toEqual(new Set([1, 2]));
    expect(describeFindings(table).filter(finding => finding.startsWith('test-only'))).toEqual([]);
  });

  it('10: makes an unnamed index column no input', async () => {
    const table = await load('10-index-column.csv');
    expect(describeColumns(table)).toBe('column_1 INT64 id, a FP64, b FP64, y category target');
    expect(describeFindings(table)).toContain('identifier-like 0/0 column_1');
  });

  it('13: reports 60 test rows that are training rows', async () => {
    const files = [
      { path: join(FOLDER, '13-train.csv') },
      { path: join(FOLDER, '13-test.csv'), partition: 'test' as const },
    ];
    const table = await importFiles(files, { targets: ['y'] });
    expect(describeFindings(table)).toContain('test-overlap 60/0');
    expect(table.ids.test).toHaveLength(60);
  });

  it('14a: reads rows that end in one more comma', async () => {
    const table = await load('14a-trailing-comma-rows.csv');
    expect(describeColumns(table)).toBe('a FP64, b FP64, y category target');
  });

  it('15b, 15d: sniffs semicolons, and understands the line of Excel', async () => {
    const semicolons = await load('15b-semicolon.csv');
    expect(semicolons.reading[0]).toMatchObject({ delimiter: ';', header: true });
    const excel = await load('15d-sep-line.csv');
    expect(describeColumns(excel)).toBe('a FP64, b FP64, y category target');
    expect(excel.rowsRead).toBe(semicolons.rowsRead);
  });

  it('16d: refuses a zip as a zip', async () => {
    await expect(load('16d.zip')).rejects.toThrow(/^16d\.zip: .*zip archive/);
  });

  it('17i: imports two rows', async () => {
    const table = await load('17i-two-rows.csv');
    expect(table.rowsRead).toBe(2);
    expect(table.splits.map(({ rows }) => rows).reduce((a, b) => a + b)).toBe(2);
  });
});
