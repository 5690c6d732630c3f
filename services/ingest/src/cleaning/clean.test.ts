import { describe, expect, test } from 'vitest';
import type { RowTable } from '../formats/rows.js';
import { type CleaningRules, cleanTable } from './clean.js';

const ALL: CleaningRules = { keepDuplicates: false, keepConflictingLabels: false, keepConstantRows: false };

/** Images of 2 × 2 pixels. */
function images(rows: number[][], labels?: string[], missing: RowTable['missing'] = []): RowTable {
  return {
    ...{ partition: 'train', bytesPerRow: 4, rows: rows.length, labels, missing },
    feature: { name: 'image', datatype: 'UINT8', shape: [2, 2], columns: [] },
    data: Uint8Array.from(rows.flat()),
  };
}

const A = [1, 2, 3, 4];
const B = [4, 3, 2, 1];
const BLANK = [9, 9, 9, 9];
const brief = ({ findings }: ReturnType<typeof cleanTable>) =>
  findings.map(({ kind, rowId, removed, detail }) => [kind.replace('FINDING_KIND_', ''), rowId, removed, detail]);

describe('cleanTable', () => {
  test('keeps clean rows', () => {
    const result = cleanTable(images([A, B], ['1', '1']), ALL);
    expect(result).toMatchObject({ kept: [0, 1], findings: [] });
  });

  test('keeps the first of equal rows with equal labels', () => {
    const result = cleanTable(images([A, B, A, A], ['1', '2', '1', '1']), ALL);
    expect(result.kept).toEqual([0, 1]);
    expect(brief(result)).toEqual([
      ['DUPLICATE', 'train/2', true, 'same features as train/0'],
      ['DUPLICATE', 'train/3', true, 'same features as train/0'],
    ]);
  });

  test('removes all rows whose labels contradict one another, each naming another', () => {
    const result = cleanTable(images([A, B, A], ['1', '2', '3']), ALL);
    expect(result.kept).toEqual([1]);
    expect(brief(result)).toEqual([
      ['CONFLICTING_LABEL', 'train/0', true, 'same features as train/2, labels 1 and 3'],
      ['CONFLICTING_LABEL', 'train/2', true, 'same features as train/0, labels 3 and 1'],
    ]);
  });

  test('counts a row with several flaws under each of them, and as removed under the first', () => {
    const result = cleanTable(images([BLANK, BLANK, BLANK], ['1', '1', '2']), ALL);
    expect(result.kept).toEqual([]);
    expect(brief(result).map(([kind, id, removed]) => [kind, id, removed])).toEqual([
      ['DUPLICATE', 'train/1', true],
      ['CONFLICTING_LABEL', 'train/0', true],
      ['CONFLICTING_LABEL', 'train/1', false],
      ['CONFLICTING_LABEL', 'train/2', true],
      ['CONSTANT_ROW', 'train/0', false],
      ['CONSTANT_ROW', 'train/1', false],
      ['CONSTANT_ROW', 'train/2', false],
    ]);
  });

  test('rows with missing values are always removed, and not compared with others', () => {
    const keepAll = { keepDuplicates: true, keepConflictingLabels: true, keepConstantRows: true };
    const result = cleanTable(images([A, A], ['1', '1'], [{ row: 0, detail: 'gone' }]), keepAll);
    expect(result.kept).toEqual([1]);
    expect(brief(result)).toEqual([['MISSING_VALUE', 'train/0', true, 'gone']]);
  });

  test('flaws that the rules keep are still reported', () => {
    const rules = { keepDuplicates: true, keepConflictingLabels: true, keepConstantRows: true };
    const result = cleanTable(images([A, A, A, BLANK], ['1', '1', '2', '1']), rules);
    expect(result.kept).toEqual([0, 1, 2, 3]);
    expect(result.findings.map(({ removed }) => removed)).toEqual([false, false, false, false, false]);
  });

  test('without labels equal rows are duplicates, never conflicts', () => {
    expect(brief(cleanTable(images([A, A]), ALL))).toEqual([
      ['DUPLICATE', 'train/1', true, 'same features as train/0'],
    ]);
  });

  test('bug: table rows whose values are all equal were removed as blank images', () => {
    const table: RowTable = {
      ...{ partition: 'train', bytesPerRow: 8, rows: 2, labels: ['0', '1'], missing: [] },
      feature: { name: 'features', datatype: 'FP32', shape: [2], columns: ['a', 'b'] },
      data: new Uint8Array(Float32Array.of(0, 0, 1, 1).buffer),
    };
    expect(cleanTable(table, ALL)).toMatchObject({ kept: [0, 1], findings: [] });
  });
});
