// What the targets are in groups of a column's values, on tables whose groups are known by hand.
import { describe, expect, it } from 'vitest';
import type { TargetsByValue } from '../table-plan.js';
import { type Imported, type ImportOptions, importCsv, importFiles } from '../tables.testkit.js';

/** Every row is a training row. */
const ALL_TRAIN: ImportOptions = {
  split: { validationFraction: 0, testFraction: 0, salt: '' },
  only: {},
  acceptLoss: true,
};

function csvOf(header: string, rows: readonly (readonly unknown[])[]): string {
  return `${header}\n${rows.map(row => `${row.join(',')}\n`).join('')}`;
}

function of({ statistics }: Imported, column: string): TargetsByValue | undefined {
  return statistics.find(each => each.column === column)?.targetsByValue;
}

describe('targets by value', () => {
  it('of a category have the rows of each class by value, of others and of missing values', async () => {
    // Values a0 to a11 with 20, 19, … 9 rows; of the even ones every row is a yes, of the odd ones every second.
    const rows = Array.from({ length: 12 }, (_, value) =>
      Array.from({ length: 20 - value }, (_, row) => [
        `a${value}`,
        row,
        value % 2 === 0 || row % 2 === 0 ? 'yes' : 'no',
      ]),
    ).flat();
    const missing = Array.from({ length: 4 }, (_, row) => ['', row, 'no']);
    const table = await importCsv(csvOf('kind,x,y', [...rows, ...missing]), { ...ALL_TRAIN, targets: ['y'] });
    const { rows: sampled, groups, targets } = of(table, 'kind')!;
    expect(sampled).toBe(178);
    expect(groups.slice(0, 2)).toEqual([
      { kind: 'category', category: 'a0', rows: 20 },
      { kind: 'category', category: 'a1', rows: 19 },
    ]);
    expect(groups.slice(10)).toEqual([
      { kind: 'others', categories: 2, rows: 19 },
      { kind: 'missing', rows: 4 },
    ]);
    expect(targets).toHaveLength(1);
    expect(targets[0]).toMatchObject({ target: 'y', classes: ['no', 'yes'], otherClasses: 0 });
    const classRows = targets[0]!.groups.map(group => group.classRows);
    // a10: ten yes; a11: five of nine.
    expect([classRows[0], classRows[1], classRows[10], classRows[11]]).toEqual([
      [0, 20],
      [9, 10],
      [4, 15],
      [4, 0],
    ]);
  });

  it('say how much a column says about the target: all, half, or nothing', async () => {
    // Of a and b each y has as many rows; c is b in half of the rows, else y.
    const rows = Array.from({ length: 64 }, (_, row) => {
      const y = row % 2 === 0 ? 'p' : 'q';
      return [y === 'p' ? 'u' : 'v', Math.floor(row / 2) % 2 ? 'u' : 'v', row < 32 ? y : 'r', row % 2, y];
    });
    const table = await importCsv(csvOf('all,none,half,number,y', rows), { ...ALL_TRAIN, targets: ['y'] });
    const dependence = (column: string) => of(table, column)?.targets[0]?.dependence;
    expect(dependence('all')).toBeCloseTo(1, 12);
    expect(dependence('number')).toBeCloseTo(1, 12);
    expect(dependence('none')).toBeCloseTo(0, 12);
    expect(dependence('half')).toBeCloseTo(0.5, 12);
  });

  it('of a number as target have mean and quartiles, and the share of the variance between groups', async () => {
    // a: 1, 2, 3, 4 and 5; b: 11, … 15. The variance within is 2, that between 25.
    const rows = Array.from({ length: 10 }, (_, row) => [
      row < 5 ? 'a' : 'b',
      row,
      (row % 5) + (row < 5 ? 1 : 11) + 0.5,
    ]);
    const table = await importCsv(csvOf('kind,x,y', rows), { ...ALL_TRAIN, targets: ['y'] });
    const [target] = of(table, 'kind')!.targets;
    expect(target).toMatchObject({ target: 'y', classes: [] });
    expect(target!.groups).toEqual([
      { number: { mean: expect.closeTo(3.5, 12), q25: 2.5, median: 3.5, q75: 4.5 } },
      { number: { mean: expect.closeTo(13.5, 12), q25: 12.5, median: 13.5, q75: 14.5 } },
    ]);
    expect(target!.dependence).toBeCloseTo(25 / 27, 12);
  });

  it('of numbers, booleans and timestamps are by ranges of values', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => {
      const day = new Date(Date.UTC(2026, 0, 1 + row)).toISOString().slice(0, 10);
      return [row % 10 === 0 ? '' : row / 4, row % 4 === 0, day, row % 3, row % 2 ? 'p' : 'q'];
    });
    const table = await importCsv(csvOf('x,open,day,few,y', rows), { ...ALL_TRAIN, targets: ['y'] });
    const x = of(table, 'x')!;
    expect(x.groups).toHaveLength(11);
    expect(x.groups[0]).toEqual({ kind: 'range', low: 0.25, high: 4.75, rows: 18 });
    expect(x.groups[10]).toEqual({ kind: 'missing', rows: 20 });
    // The rows without x are even ones.
    expect(x.targets[0]!.groups[10]).toEqual({ classRows: [0, 20] });
    expect(of(table, 'open')!.groups).toEqual([
      { kind: 'range', low: 0, high: 0, rows: 150 },
      { kind: 'range', low: 1, high: 1, rows: 50 },
    ]);
    expect(of(table, 'few')!.groups.map(group => group.rows)).toEqual([67, 67, 66]);
    const days = of(table, 'day')!.groups;
    expect(days).toHaveLength(10);
    expect(days[0]).toEqual({
      kind: 'range',
      low: Date.UTC(2026, 0, 1) * 1000,
      high: Date.UTC(2026, 0, 20) * 1000,
      rows: 20,
    });
  });

  it('are of the first three targets, of each in the same groups', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => [['a', 'b'][row % 2], row % 2, row % 4 < 2, row % 5, row]);
    const table = await importCsv(csvOf('kind,s,t,u,v', rows), { ...ALL_TRAIN, targets: ['s', 't', 'u', 'v'] });
    const { targets } = of(table, 'kind')!;
    expect(targets.map(({ target, classes }) => [target, classes])).toEqual([
      ['s', ['0', '1']],
      ['t', ['false', 'true']],
      ['u', ['0', '1', '2', '3', '4']],
    ]);
    expect(targets.map(({ groups }) => groups.map(group => group.classRows))).toEqual([
      [
        [20, 0],
        [0, 20],
      ],
      [
        [10, 10],
        [10, 10],
      ],
      [
        [4, 4, 4, 4, 4],
        [4, 4, 4, 4, 4],
      ],
    ]);
  });

  it('of more than ten classes have the ten most frequent and the others together', async () => {
    const rows = Array.from({ length: 12 }, (_, value) =>
      Array.from({ length: 3 + value }, (_, row) => ['same', row, `class ${String.fromCharCode(97 + value)}`]),
    ).flat();
    const [target] = of(await importCsv(csvOf('kind,x,y', rows), { ...ALL_TRAIN, targets: ['y'] }), 'x')!.targets;
    expect(target!.otherClasses).toBe(2);
    expect(target!.classes).toHaveLength(10);
    expect(target!.classes[0]).toBe('class c');
    expect(target!.groups[0]!.classRows).toEqual([...new Array<number>(10).fill(1), 2]);
  });

  it('are of training rows only', async () => {
    const rows = Array.from({ length: 300 }, (_, row) => [row, row % 2 ? 'p' : 'q']);
    const test = Array.from({ length: 50 }, (_, row) => [row + 1000, 'p']);
    const files = [
      { name: 'train.csv', content: csvOf('x,y', rows) },
      { name: 'test.csv', content: csvOf('x,y', test), partition: 'test' as const },
    ];
    const table = await importFiles(files, { targets: ['y'], only: {} });
    const x = of(table, 'x')!;
    expect(x.rows).toBe(table.splits.find(({ split }) => split === 'train')?.rows);
    const last = x.groups.at(-1)!;
    expect(last.kind === 'range' && last.high < 1000).toBe(true);
  });

  it('of a large table are of every nth training row, and the same on any number of threads', async () => {
    const rows = Array.from({ length: 250_000 }, (_, row) => [row, row % 7, row % 3 ? 'p' : 'q']);
    const csv = csvOf('x,k,y', rows);
    const [one, two] = [
      await importCsv(csv, { targets: ['y'], only: {}, limits: { threads: 1 } }),
      await importCsv(csv, { targets: ['y'], only: {}, limits: { threads: 2 } }),
    ];
    const train = one.splits.find(({ split }) => split === 'train')!.rows;
    expect(of(one, 'x')!.rows).toBe(Math.ceil(train / 5));
    expect(
      of(one, 'k')!
        .groups.map(group => group.rows)
        .reduce((sum, each) => sum + each),
    ).toBe(Math.ceil(train / 5));
    expect(two.statistics).toEqual(one.statistics);
  });

  it('are absent of the target, of other roles, of free texts, of columns without values, and without a target', async () => {
    const rows = Array.from({ length: 3000 }, (_, row) => [
      row % 3,
      `text ${row} ${'x'.repeat(120)}`,
      '',
      row,
      row % 2,
    ]);
    const header = 'x,note,empty,w,y';
    const options: ImportOptions = { ...ALL_TRAIN, roles: { w: 'weight' } };
    const table = await importCsv(csvOf(header, rows), { ...options, targets: ['y'] });
    expect(table.statistics.filter(each => each.targetsByValue).map(({ column }) => column)).toEqual(['x']);
    const without = await importCsv(csvOf(header, rows), options);
    expect(without.statistics.filter(each => each.targetsByValue)).toEqual([]);
  });
});
