import { tensor } from '@athanor/tensor';
import type { SourceColumn } from '@athanor/transforms';
import { describe, expect, test } from 'vitest';
import { taskOf } from '../engine/training-data.testkit.js';
import { TASKS } from '../tasks/tasks.js';
import { groupRows } from './group-rows.js';
import { measureSlices } from './measure-slices.js';

const category = (...categories: string[]): SourceColumn => ({
  ...{ name: 'sex', type: { kind: 'category' }, role: 'ignored', nullable: true, categories },
});
const number = (dtype: 'FP64' | 'INT64' | 'BOOL'): SourceColumn => ({
  ...{ name: 'age', type: { kind: 'number', dtype }, role: 'input', nullable: true },
});
const codes = (...values: number[]) => ({ kind: 'category', codes: Int32Array.from(values) }) as const;
const floats = (...values: number[]) => ({ kind: 'number', data: Float64Array.from(values) }) as const;
const shown = (groups: ReturnType<typeof groupRows>) => groups.map(({ value, rows }) => [value, [...rows]]);

describe('rows are grouped', () => {
  test('by category, missing ones last, without categories that have no rows', () => {
    const values = codes(2, -1, 0, 2, -1);
    expect(shown(groupRows(category('a', 'b', 'c'), values, values))).toEqual([
      ['a', [2]],
      ['c', [0, 3]],
      [null, [1, 4]],
    ]);
  });

  test('by boolean', () => {
    const values = { kind: 'number', data: Uint8Array.of(1, 0, 1) } as const;
    expect(shown(groupRows(number('BOOL'), values, values))).toEqual([
      ['false', [1]],
      ['true', [0, 2]],
    ]);
  });

  test("by the quartiles of the training split, which are numpy's", () => {
    // numpy.quantile([1, 2, 3, 4, 10, 20], [0.25, 0.5, 0.75]) = [2.25, 3.5, 8.5]
    const train = floats(20, 1, Number.NaN, 2, 3, 4, 10);
    expect(shown(groupRows(number('FP64'), floats(2.25, 100, Number.NaN, 8.5, 3, -5), train))).toEqual([
      ['<= 2.25', [0, 5]],
      ['> 2.25, <= 3.5', [4]],
      ['> 3.5, <= 8.5', [3]],
      ['> 8.5', [1]],
      [null, [2]],
    ]);
  });

  test('by fewer ranges if quartiles are equal, and by one if there is nothing to divide by', () => {
    const train = { kind: 'number', data: BigInt64Array.of(0n, 0n, 0n, 0n, 1n) } as const;
    const values = { kind: 'number', data: BigInt64Array.of(1n, 0n) } as const;
    expect(shown(groupRows(number('INT64'), values, train))).toEqual([
      ['<= 0', [1]],
      ['> 0', [0]],
    ]);
    expect(shown(groupRows(number('FP64'), floats(1), floats(Number.NaN)))).toEqual([['all', [0]]]);
  });
});

describe('slices', () => {
  const target: SourceColumn = { name: 'y', type: { kind: 'number', dtype: 'FP64' }, role: 'target', nullable: false };
  const values = floats(1, 2, 3, 4);
  const task = TASKS.kinds.regression!.bind(taskOf('regression').parameters, {
    ...{ columns: [target, { ...target, name: 'z' }], train: [values, values], all: [values, values] },
  });

  test('have the metrics of their rows; those that are not defined are absent', () => {
    const truth = tensor('FP64', [4, 2], Float64Array.of(1, 1, 2, 2, 3, 3, 4, 4));
    const scores = Float32Array.of(1, 3, 9, 9, 3, 5, 9, 9);
    const column = { column: category('a', 'b'), values: codes(0, -1, 0, 1), train: codes() };
    const { slices, omitted } = measureSlices({ task, scores, truth, columns: [column] });
    expect(slices.map(({ value, rows }) => [value, rows])).toEqual([
      ['a', 2],
      ['b', 1],
      [null, 1],
    ]);
    expect(slices[0]!.metrics).toMatchObject({ rmse: 1, mae: 1, r2: -1 });
    expect(slices[1]!.metrics).toMatchObject({ rmse: 5 });
    expect(slices[1]!.metrics).not.toHaveProperty('r2');
    expect(omitted).toBe(0);
  });

  test('are at most 1,000: those with the most rows', () => {
    const rows = 2_400;
    const names = Array.from({ length: 1_200 }, (_, index) => `c${index}`);
    // The last 200 categories have one row.
    const all = codes(...Array.from({ length: rows }, (_, row) => (row >= rows - 200 ? 0 : row % 1_200)));
    const { slices, omitted } = measureSlices({
      ...{ task, scores: new Float32Array(2 * rows), truth: tensor('FP64', [rows, 2], new Float64Array(2 * rows)) },
      columns: [{ column: category(...names), values: all, train: all }],
    });
    expect([slices.length, omitted]).toEqual([1_000, 200]);
    expect(slices[0]).toMatchObject({ value: 'c0', rows: 202 });
    expect(slices.at(-1)).toMatchObject({ value: 'c999', rows: 2 });
  });
});
