// Each check on a table with planted flaws: it finds these rows and no others.
import { describe, expect, it } from 'vitest';
import { describeFindings, type Imported, type ImportOptions, importCsv, importFiles } from './tables.testkit.js';

const ROWS = 1000;

interface Row {
  id: string;
  age: string;
  income: string;
  city: string;
  note: string;
  y: string;
}

/** From 0 to below `limit`, without a pattern (a linear congruential generator's high bits). */
function randomOf(index: number, column: number, limit: number): number {
  let state = Math.imul(index + 1, 0x9e3779b9) ^ Math.imul(column + 1, 0x85ebca6b);
  for (let round = 0; round < 4; round++) state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
  return (state >>> 8) % limit;
}

/** An unremarkable row; no two have equal inputs. */
function rowAt(index: number): Row {
  return {
    id: String(index),
    age: String(20 + randomOf(index, 1, 50)),
    income: String(1000 + ((index * 7919) % 1009) + 0.5),
    city: ['Paris', 'Rome', 'Oslo', 'Bern'][randomOf(index, 2, 4)]!,
    note: `note ${randomOf(index, 3, 400)} with words`,
    y: randomOf(index, 4, 5) < 2 ? 'no' : 'yes',
  };
}

function csvOf(change: (row: Row, index: number) => object = () => ({}), rows = ROWS): string {
  const all = Array.from({ length: rows }, (_, index) => ({ ...rowAt(index), ...change(rowAt(index), index) }));
  const names = Object.keys(all[0]!);
  return [names, ...all.map(row => names.map(name => row[name as keyof Row]))]
    .map(cells => `${cells.join(',')}\n`)
    .join('');
}

const load = (csv: string, options: ImportOptions = {}) => importCsv(csv, { targets: ['y'], ...options });
const rowsOf = ({ lines }: Imported, check: string) =>
  lines.filter(line => line.check === check).map(({ rowId }) => rowId);

describe('checks', () => {
  it('find nothing but the id in an unremarkable table', async () => {
    expect(describeFindings(await load(csvOf()))).toEqual(['identifier-like 0/0 id']);
  });

  it('missing-target drops the rows', async () => {
    const table = await load(csvOf((_, i) => (i % 100 === 7 ? { y: '' } : {})));
    expect(describeFindings(table)).toContain('missing-target 10/10 y');
    expect(rowsOf(table, 'missing-target').slice(0, 2)).toEqual(['train/7', 'train/107']);
    expect(table.values('y')).toHaveLength(ROWS - 10);
    expect(table.columns.find(({ name }) => name === 'y')?.nullable).toBe(false);
  });

  it('duplicate finds rows that equal an earlier one in every column', async () => {
    const csv = csvOf((_, i) => (i === 500 || i === 600 ? rowAt(3) : {}));
    const table = await load(csv);
    expect(rowsOf(table, 'duplicate')).toEqual(['train/500', 'train/600']);
    expect(table.lines.find(({ check }) => check === 'duplicate')).toMatchObject({
      detail: 'equals train/3',
      removed: false,
    });
    const dropped = await load(csv, { only: { duplicate: { action: 'drop' } } });
    expect(dropped.rowsRead - dropped.values('y').length).toBe(2);
  });

  it('conflicting-target finds equal inputs with different classes', async () => {
    const table = await load(
      csvOf((row, i) => (i === 500 ? { ...rowAt(3), id: '500', y: rowAt(3).y === 'no' ? 'yes' : 'no' } : row)),
    );
    expect(rowsOf(table, 'conflicting-target')).toEqual(['train/3', 'train/500']);
    expect(rowsOf(table, 'duplicate')).toEqual([]);
  });

  it('constant-column names columns with one value or none', async () => {
    const table = await load(csvOf(() => ({ one: '7', word: 'same', none: '' })));
    expect(describeFindings(table)).toEqual(
      expect.arrayContaining(['constant-column 0/0 one', 'constant-column 0/0 word', 'constant-column 0/0 none']),
    );
  });

  it('near-constant names columns with one value in nearly every row, missing values among the others', async () => {
    const flags = Array.from({ length: 1_000 }, (_, i) => {
      const rare = i % 500 === 7;
      return `${(i * 37) % 101}.5,${rare ? 3 : 0},${rare ? '' : "it's"},${i === 7 ? 'on' : 'off'},same,${i % 2 ? 'p' : 'q'}\n`;
    });
    const csv = `x,number,gaps,flag,constant,y\n${flags.join('')}`;
    const options = { targets: ['y'] };
    const found = await importCsv(csv, { ...options, only: { 'near-constant': {} } });
    expect(describeFindings(found)).toEqual(['near-constant 0/0 flag']);
    expect(found.findings[0]?.detail).toBe("'flag' is 'off' in 999 of 1000 rows");
    const more = await importCsv(csv, { ...options, only: { 'near-constant': { share: 0.99 } } });
    expect(more.findings.map(({ detail }) => detail)).toEqual([
      "'number' is '0' in 998 of 1000 rows",
      "'gaps' is 'it's' in 998 of 1000 rows",
      "'flag' is 'off' in 999 of 1000 rows",
    ]);
  });

  it('bug: a key was taken for an input where rows are there twice', async () => {
    const row = (i: number) => `K${i * 7919},${(i * 37) % 101}.5,${i % 2 ? 'p' : 'q'}\n`;
    const rows = Array.from({ length: 200 }, (_, i) => row(i));
    const only = { 'identifier-like': {} };
    const twice = await importCsv(`key,x,y\n${[...rows, row(3), row(4)].join('')}`, { targets: ['y'], only });
    expect(twice.findings.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^'key' is the same only in equal rows, like an identifier; it has the role id/),
    ]);
    const other = await importCsv(`key,x,y\n${[...rows, 'K7919,77,p\n'].join('')}`, { targets: ['y'], only });
    expect(other.findings).toEqual([]);
  });

  it('identifier-like names keys, and leaves a column that is chosen as an input', async () => {
    const uuid = (i: number) => `${i.toString(16).padStart(8, '0')}-aaaa`;
    const csv = csvOf((_, i) => ({ key: uuid(i * 7919), title: `the ${i} th title` }));
    const table = await load(csv, { roles: { id: 'input' } });
    expect(describeFindings(table).filter(each => each.startsWith('identifier'))).toEqual(['identifier-like 0/0 key']);
    expect(table.columns.map(({ role }) => role)).toEqual([
      'input',
      'input',
      'input',
      'input',
      'input',
      'target',
      'id',
      'input',
    ]);
  });

  it('outliers finds numbers far from the quartiles', async () => {
    const table = await load(csvOf((_, i) => (i === 10 ? { age: '900' } : i === 20 ? { income: '-99999' } : {})));
    expect(rowsOf(table, 'outliers')).toEqual(['train/10', 'train/20']);
  });

  it('mixed-types finds texts among numbers and dates', async () => {
    const table = await load(csvOf((_, i) => ({ mixed: i % 4 ? String(i % 9) : 'many' })));
    expect(describeFindings(table)).toContain('mixed-types 250/0 mixed');
    const dates = await load(csvOf((_, i) => ({ when: i % 2 ? '2024-01-31' : '1 May' })));
    expect(describeFindings(dates)).toContain('mixed-types 500/0 when');
  });

  it('category-variants finds other spellings', async () => {
    const table = await load(csvOf((row, i) => (i === 5 ? { city: 'PARIS' } : i === 6 ? { city: '"Rome "' } : row)));
    expect(rowsOf(table, 'category-variants')).toEqual(['train/5']);
    const spaced = await load(csvOf((_, i) => ({ city: i === 6 ? 'New  York' : i % 2 ? 'New York' : 'new york' })));
    expect(describeFindings(spaced)).toContain('category-variants 500/0 city');
  });

  it('test-overlap and test-only-class compare given test rows with training rows', async () => {
    const test = csvOf((row, i) => (i < 5 ? row : { income: `${i}`, y: i === 9 ? 'maybe' : row.y }), 10);
    const files = [
      { name: 'train.csv', content: csvOf() },
      { name: 'test.csv', content: test, partition: 'test' as const },
    ];
    const table = await importFiles(files, { targets: ['y'] });
    expect(rowsOf(table, 'test-overlap')).toEqual(['test/0', 'test/1', 'test/2', 'test/3', 'test/4']);
    expect(rowsOf(table, 'test-only-class')).toEqual(['test/9']);
    expect(table.ids.test).toHaveLength(10);
    expect(table.findings.find(({ check }) => check === 'test-only-class')?.detail).toMatch(/only: 'maybe'$/);
    const dotted = csvOf(row => ({ y: `${row.y}.` }), 10);
    const other = [files[0]!, { name: 'test.csv', content: dotted, partition: 'test' as const }];
    const { findings } = await importFiles(other, { targets: ['y'] });
    expect(findings.find(({ check }) => check === 'test-only-class')?.detail).toMatch(
      /; --strip 'y=\.' makes them equal to trained ones$/,
    );
  });

  it('bug: a timestamp beside a target that is a number ended every import', async () => {
    const rows = Array.from({ length: ROWS }, (_, i) => {
      const day = new Date(Date.UTC(2024, 0, 1 + randomOf(i, 5, 900))).toISOString().slice(0, 10);
      return `${day},${1000 + randomOf(i, 6, 90_000) / 4}`;
    });
    const table = await load(`day,y\n${rows.join('\n')}\n`, { only: { 'target-leakage': {} } });
    expect(describeFindings(table)).toEqual([]);
  });

  it('target-leakage names a column that is the target by another name', async () => {
    const table = await load(
      csvOf(row => ({
        alive: row.y === 'yes' ? 'A' : 'B',
        score: row.y === 'yes' ? `${5 + row.age.length + Number(row.income) / 5000}` : '0.5',
      })),
    );
    expect(describeFindings(table).filter(each => each.startsWith('target'))).toEqual([
      'target-leakage 0/0 alive',
      'target-leakage 0/0 score',
    ]);
    const price = await importCsv(
      csvOf(row => ({ cents: String(Number(row.income) * 100) })),
      { targets: ['income'] },
    );
    expect(describeFindings(price)).toContain('target-leakage 0/0 cents');
  });

  it('class-imbalance names a rare class', async () => {
    const table = await load(csvOf((_, i) => ({ y: i % 100 === 0 ? 'rare' : 'usual' })));
    expect(describeFindings(table)).toContain('class-imbalance 0/0 y');
  });

  it('date-as-number suggests dates', async () => {
    const table = await load(csvOf((_, i) => ({ day: `202401${10 + (i % 20)}` })));
    expect(describeFindings(table)).toContain('date-as-number 0/0 day');
  });

  it('quarantine keeps the rows readable with their reasons', async () => {
    const csv = csvOf((_, i) => (i === 10 ? { age: '900' } : {}));
    const table = await load(csv, { only: { outliers: { action: 'quarantine' } } });
    expect(describeFindings(table)).toEqual(['outliers 1/1 age']);
    expect(table.quarantined).toMatchObject([
      {
        ...{ rowId: 'train/10', filename: 'f.csv', rowNumber: 11, values: { age: 900, id: 10 } },
        reasons: [{ check: 'outliers', column: 'age', value: '900' }],
      },
    ]);
  });

  it('quarantined rows are counted in their own file', async () => {
    const content = (from: number) => csvOf((_, i) => (i === from ? { age: '900' } : {}));
    const files = [
      { name: 'a.csv', content: content(3) },
      { name: 'b.csv', content: content(7) },
    ];
    const options = { targets: ['y'], only: { outliers: { action: 'quarantine' } }, acceptLoss: true };
    const { quarantined } = await importFiles(files, options);
    expect(quarantined.map(({ filename, rowNumber }) => [filename, rowNumber])).toEqual([
      ['a.csv', 4],
      ['b.csv', 8],
    ]);
  });

  // As a join of all with all, this would compare 10 billion pairs.
  it('bug: many equal rows were compared with each other, and not with the first of them', async () => {
    const rows = 200_000;
    const csv = `a,y\n${Array.from({ length: rows }, (_, i) => `${i % 2},${(i >> 1) % 2 ? 'p' : 'q'}\n`).join('')}`;
    const only = { duplicate: {}, 'conflicting-target': {} };
    const table = await importCsv(csv, { targets: ['y'], only, acceptLoss: true });
    expect(describeFindings(table)).toEqual([`duplicate ${rows - 4}/0`, `conflicting-target ${rows}/0 y`]);
  });
});

describe('an import refuses, unless the loss is accepted,', () => {
  it('to remove more than 5 % of the rows', async () => {
    const csv = csvOf((_, i) => (i % 10 === 0 ? { y: '' } : {}));
    await expect(load(csv)).rejects.toThrow("100 of 1000 rows (10.0 %) would be removed: 100 by missing-target in 'y'");
    expect((await load(csv, { acceptLoss: true })).values('y')).toHaveLength(900);
  });

  it('to lose a class', async () => {
    const csv = csvOf((_, i) => (i === 10 ? { age: '900', y: 'rare' } : {}));
    const only = { outliers: { action: 'quarantine' } };
    await expect(load(csv, { only })).rejects.toThrow("all rows of 1 classes of 'y' would be removed: 'rare (1 rows)'");
    expect((await load(csv, { only, acceptLoss: true })).columns.find(({ name }) => name === 'y')).toMatchObject({
      entries: 2,
    });
  });

  it('to leave a split empty that should have rows', async () => {
    const csv = `a,b,y\n${Array.from({ length: 1000 }, (_, i) => `${(i % 2) + 0.5},${(i % 2) + 0.5},${i % 3 ? 'p' : 'q'}\n`).join('')}`;
    await expect(load(csv)).rejects.toThrow(
      /expected about 100 rows in the split .*rows with equal inputs stay together/,
    );
  });

  it.each([
    ['is constant', csvOf(() => ({ y: 'same' })), "'y' is 'same' in every row"],
    ['is a constant number', csvOf(() => ({ y: '7' })), "'y' is '7' in every row"],
    ['is missing everywhere', csvOf(() => ({ y: '' })), 'all 1000 would be removed'],
    ['differs in each row', csvOf((_, i) => ({ y: `key-${i}` })), "'y' has another value in each of 1000 rows"],
  ])('a target that %s', async (_, csv, message) => {
    await expect(load(csv)).rejects.toThrow(message);
  });
});
