import { describe, expect, test } from 'vitest';
import type { RowTable } from '../formats/rows.js';
import { cleanTable } from './clean.js';
import type { ImageChecks } from './image-checks.js';

const ALL: ImageChecks = { duplicate: 'drop', 'conflicting-target': 'drop', 'blank-image': 'drop' };
const NONE: ImageChecks = { duplicate: 'report', 'conflicting-target': 'report', 'blank-image': 'report' };

/** Images of 2 × 2 pixels. */
function images(rows: number[][], labels?: string[]): RowTable {
  return {
    ...{ partition: 'train', bytesPerRow: 4, rows: rows.length, labels },
    type: { kind: 'vector', dtype: 'UINT8', shape: [2, 2] },
    data: Uint8Array.from(rows.flat()),
  };
}

const A = [1, 2, 3, 4];
const B = [4, 3, 2, 1];
const BLANK = [9, 9, 9, 9];
const brief = ({ findings }: ReturnType<typeof cleanTable>) =>
  findings.map(({ check, rowId, removed, detail }) => [check, rowId, removed, detail]);

describe('cleanTable', () => {
  test('keeps clean rows', () => {
    const result = cleanTable(images([A, B], ['1', '1']), ALL);
    expect(result).toMatchObject({ kept: [0, 1], findings: [] });
  });

  test('keeps the first of equal rows with equal labels', () => {
    const result = cleanTable(images([A, B, A, A], ['1', '2', '1', '1']), ALL);
    expect(result.kept).toEqual([0, 1]);
    expect(brief(result)).toEqual([
      ['duplicate', 'train/2', true, 'same pixels as train/0'],
      ['duplicate', 'train/3', true, 'same pixels as train/0'],
    ]);
  });

  test('removes all rows whose labels contradict one another, each naming another', () => {
    const result = cleanTable(images([A, B, A], ['1', '2', '3']), ALL);
    expect(result.kept).toEqual([1]);
    expect(brief(result)).toEqual([
      ['conflicting-target', 'train/0', true, 'same pixels as train/2, labels 1 and 3'],
      ['conflicting-target', 'train/2', true, 'same pixels as train/0, labels 3 and 1'],
    ]);
  });

  test('counts a row with several flaws under each of them, and as removed under the first', () => {
    const result = cleanTable(images([BLANK, BLANK, BLANK], ['1', '1', '2']), ALL);
    expect(result.kept).toEqual([]);
    expect(brief(result).map(([kind, id, removed]) => [kind, id, removed])).toEqual([
      ['duplicate', 'train/1', true],
      ['conflicting-target', 'train/0', true],
      ['conflicting-target', 'train/1', false],
      ['conflicting-target', 'train/2', true],
      ['blank-image', 'train/0', false],
      ['blank-image', 'train/1', false],
      ['blank-image', 'train/2', false],
    ]);
  });

  test('flaws that are only reported are still reported', () => {
    const result = cleanTable(images([A, A, A, BLANK], ['1', '1', '2', '1']), NONE);
    expect(result.kept).toEqual([0, 1, 2, 3]);
    expect(result.findings.map(({ removed }) => removed)).toEqual([false, false, false, false, false]);
  });

  test('without labels equal rows are duplicates, never conflicts', () => {
    expect(brief(cleanTable(images([A, A]), ALL))).toEqual([['duplicate', 'train/1', true, 'same pixels as train/0']]);
  });
});
