import type { QuarantinedRow } from '@athanor/contracts/ingest';
import { expect, it } from 'vitest';
import { quarantineCsv, quarantineText } from './quarantine-text.js';

const row: QuarantinedRow = {
  ...{ rowId: 'train/10', filename: 'f.csv', rowNumber: 11, values: { age: '900' } },
  reasons: [
    { check: 'outliers', column: 'age', value: '900', detail: 'the value is 900' },
    { check: 'duplicate', column: '', detail: 'equals "train/3", all of it' },
  ],
} as QuarantinedRow;

it('shows one line for each reason', () => {
  expect(quarantineText([row])).toBe(
    'FILE   ROW  COLUMN  VALUE  CHECK      REASON\n' +
      'f.csv  11   age     900    outliers   the value is 900\n' +
      'f.csv  11                  duplicate  equals "train/3", all of it\n',
  );
});

it('writes CSV with quotes where they are needed, and a header once', () => {
  const csv = quarantineCsv([row], { header: true });
  expect(csv).toBe(
    'file,row,column,value,check,reason\r\nf.csv,11,age,900,outliers,the value is 900\r\n' +
      'f.csv,11,,,duplicate,"equals ""train/3"", all of it"\r\n',
  );
  expect(quarantineCsv([row], { header: false })).not.toContain('file,row');
});
