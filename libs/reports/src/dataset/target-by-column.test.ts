import type { DatasetColumn, TargetByValue } from '@athanor/contracts/ingest';
import { describe, expect, it } from 'vitest';
import {
  categoryColumn,
  classTarget,
  datasetVersion,
  HOSTILE,
  numberColumn,
  unescapedIn,
  valueGroups,
  withTargets,
} from '../reports.testkit.js';
import { datasetReport } from './dataset-report.js';

const ANSWER = categoryColumn('answer', ['no', 'yes'], 'target');
const CLASS_ROWS = [
  [9, 1],
  [5, 5],
  [0, 10],
  [0, 0],
];

function reportOf(columns: readonly DatasetColumn[], target = ANSWER): string {
  return datasetReport(datasetVersion({ columns: [...columns, target] }));
}

function grouped(column: DatasetColumn, ...targets: TargetByValue[]): DatasetColumn {
  return withTargets(column, { rows: 40, groups: valueGroups(), targets });
}

const answers = (dependence?: number) =>
  classTarget('answer', {
    classes: ['no', 'yes'],
    classRows: CLASS_ROWS,
    ...(dependence !== undefined && { dependence }),
  });

describe('the target by column', () => {
  it('of classes has their shares in each group, and its rows', () => {
    const text = reportOf([grouped(numberColumn('size'), answers(0.4321))]);
    for (const expected of [
      ...['Target by column', 'Over 40 of the 80 training rows', 'Theil’s U <b>0.4321</b>', 'no: 9 rows, 90.0 %'],
      ...[
        '1 to 4.5',
        '<bdi>red</bdi>',
        '7 other values',
        'width:90.00%',
        '<bdi>yes</bdi> <span class="muted">53.3 %</span>',
        '<td class="number">50.0 %</td>',
      ],
    ])
      expect(text).toContain(expected);
    expect(text).not.toContain('NaN');
    // Of a group without the target nothing is shown as 0.
    expect(text).toMatch(/missing<\/i><\/td><td class="number">10<\/td><td><\/td><td class="number">–</);
  });

  it('of a number has mean and quartiles on one scale for all columns', () => {
    const figures = { classRows: [], mean: 50, q25: 20, median: 40, q75: 100 };
    const empty = { classRows: [] };
    const target = (low: number): TargetByValue => ({
      ...{ target: 'price', classes: [], otherClasses: 0, dependence: low / 100 },
      groups: [{ ...figures, q25: low }, figures, empty, empty],
    });
    const text = reportOf(
      [grouped(numberColumn('size'), target(20)), grouped(numberColumn('age'), target(0))],
      numberColumn('price', 'target'),
    );
    expect(text).toContain('η² <b>0.2000</b>');
    expect(text).toContain('left:20.00%;width:80.00%');
    expect(text).toContain('mean 50, 25 % 0, median 40, 75 % 100');
    expect(text.match(/<span>0<\/span><span>100<\/span>/g)).toHaveLength(2);
    expect(text).not.toContain('NaN');
  });

  it('has the columns that say most first, and those without a figure last', () => {
    const column = (name: string, dependence?: number) => grouped(numberColumn(name), answers(dependence));
    const text = reportOf([column('little', 0.01), column('none'), column('much', 0.9)]);
    const section = text.slice(text.indexOf('<h2 id="target-by-column"'));
    const places = ['much', 'little', 'none'].map(name => section.indexOf(`<h3><bdi>${name}</bdi></h3>`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('shows booleans and days as such, and numbers with as many digits as tell the groups apart', () => {
    const of = (kind: string, datatype: string, ranges: readonly (readonly [number, number])[]) => {
      const groups = ranges.map(([low, high]) => ({ kind: 'KIND_RANGE' as const, low, high, rows: 10 }));
      const target = classTarget('answer', { classes: ['no'], classRows: ranges.map(() => [10]) });
      const { column, ...rest } = numberColumn('x');
      return withTargets(
        { ...rest, column: { ...column!, type: { kind, datatype, shape: [] } } },
        { rows: 40, groups, targets: [target] },
      );
    };
    const at = (day: number, hour: number) => Date.UTC(2026, 0, day, hour) * 1000;
    const text = reportOf([
      of('number', 'BOOL', [[1, 1]]),
      of('timestamp', '', [
        [at(1, 0), at(1, 12)],
        [at(2, 6), at(4, 7)],
      ]),
      of('number', 'FP64', [
        [1000.0125, 1000.125],
        [1000.1375, 1000.25],
      ]),
    ]);
    for (const expected of ['true', '2026-01-01 00:00:00 to 12:00:00', '2026-01-02 to 2026-01-04'])
      expect(text).toContain(`<td class="label">${expected}</td>`);
    for (const expected of ['1,000 to 1,000.1', '1,000.1 to 1,000.3']) expect(text).toContain(`>${expected}</td>`);
  });

  it('has each of several targets, and counts classes beyond ten together', () => {
    const classes = Array.from({ length: 10 }, (_, index) => `class ${index}`);
    const many = classTarget('many', {
      classes,
      otherClasses: 4,
      classRows: CLASS_ROWS.map(() => new Array(11).fill(1)),
    });
    const text = reportOf([grouped(numberColumn('size'), answers(0.1), many)]);
    for (const expected of ['<h3><bdi>many</bdi></h3>', '4 other classes', 'class="others"', 'class-9'])
      expect(text).toContain(expected);
  });

  it('says that it is not stored, and is absent without a target', () => {
    expect(reportOf([numberColumn('size')])).toContain('It is not stored for this version');
    expect(reportOf([], numberColumn('size'))).not.toContain('Target by column');
  });

  it.each(Object.entries(HOSTILE))('escapes %s wherever it is shown', (_what, hostile) => {
    const target = classTarget(hostile, { classes: [hostile, 'yes'], classRows: CLASS_ROWS });
    const column = withTargets(numberColumn(hostile), { rows: 40, groups: valueGroups(hostile), targets: [target] });
    expect(unescapedIn(reportOf([column]))).toEqual([]);
  });

  it('stays small with 200 columns, three targets and eleven classes', () => {
    const classes = Array.from({ length: 10 }, (_, index) => `class ${index} ${'x'.repeat(50)}`);
    const target = (name: string) =>
      classTarget(name, {
        classes,
        otherClasses: 4,
        classRows: Array.from({ length: 12 }, () => new Array(11).fill(7)),
      });
    const groups = Array.from({ length: 12 }, () => valueGroups()[1]!);
    const columns = Array.from({ length: 200 }, (_, index) =>
      withTargets(numberColumn(`c${index}`), { rows: 40, groups, targets: ['a', 'b', 'c'].map(target) }),
    );
    const text = reportOf(columns);
    expect(text.length).toBeLessThan(3_000_000);
    expect(text).toContain('The 20 of 200 columns with the largest figure are shown');
  });
});
