// A table of twelve columns with known flaws, the same on every machine.

export interface FlawedTable {
  /** Rows of each partition, as CSV. */
  readonly train: string;
  readonly test: string;
  /** What each check has to find: ids of rows, or names of columns. */
  readonly planted: Readonly<Record<string, Planted>>;
}

export interface Planted {
  readonly about: 'rows' | 'columns';
  readonly found: ReadonlySet<string>;
}

interface Row {
  key: string;
  age: number;
  income: string;
  mixed: string;
  city: string;
  constant: string;
  near: string;
  day: number;
  leak: string;
  noise: string;
  flag: string;
  y: string;
}

const TRAIN_ROWS = 20_000;
const TEST_ROWS = 2_000;
const CITIES = ['Berlin', 'Paris', 'New York', 'Oslo'];
const CODES: Readonly<Record<string, string>> = { yes: 'A', no: 'B', rare: 'C' };

export function flawedTable(): FlawedTable {
  const random = xorshift(7);
  let serial = 0;
  const clean = (y: string): Row => {
    serial++;
    return {
      key: `K${String(serial * 7919).padStart(9, '0')}`,
      age: 18 + (random() % 60),
      income: (30_000 + (random() % 4_000_000) / 100).toFixed(2),
      mixed: ['high', 'low', 'medium'][random() % 3] as string,
      city: CITIES[random() % CITIES.length] as string,
      constant: 'same',
      near: 'off',
      day: 20_240_101 + (random() % 12) * 100 + (random() % 28),
      leak: CODES[y] as string,
      noise: (random() / 2 ** 32).toFixed(6),
      flag: String(random() % 2 === 1),
      y,
    };
  };
  const classOf = () => (random() % 10 < 6 ? 'yes' : 'no');
  const train = Array.from({ length: TRAIN_ROWS }, () => clean(classOf()));
  const test = Array.from({ length: TEST_ROWS }, () => clean(classOf()));
  const rows: Record<string, Set<string>> = {};
  /** Rows that have no other flaw of rows. */
  const places = shuffled(TRAIN_ROWS, random);
  const plant = (check: string, count: number, change: (row: Row, index: number) => readonly string[] | undefined) => {
    rows[check] ??= new Set();
    for (const index of places.splice(0, count))
      for (const id of change(train[index] as Row, index) ?? [`train/${index}`]) rows[check].add(id);
  };
  const set = (row: Row, change: Partial<Row>): undefined => {
    Object.assign(row, change);
  };
  /** Replaces a later row by a copy of this one. */
  const copyOf = (row: Row, index: number) => {
    const [later] = places.splice(
      places.findIndex(place => place > index),
      1,
    ) as [number];
    train[later] = { ...row };
    return later;
  };
  plant('missing-target', 100, row => set(row, { y: '' }));
  plant('outliers', 40, row => set(row, { age: 900 + (random() % 100) }));
  plant('outliers', 30, row => set(row, { income: '9000000.00' }));
  plant('mixed-types', 4_000, row => set(row, { mixed: String(random() % 50) }));
  plant('category-variants', 60, row => set(row, { city: ['BERLIN', 'new  york', 'oslo'][random() % 3] as string }));
  plant('none', 5, row => set(row, { near: 'on' }));
  plant('none', 60, row => set(row, { y: 'rare', leak: 'C' }));
  places.sort((a, b) => a - b);
  plant('duplicate', 150, (row, index) => [`train/${copyOf(row, index)}`]);
  plant('conflicting-target', 40, (row, index) => {
    const other = copyOf(row, index);
    (train[other] as Row).y = row.y === 'yes' ? 'no' : 'yes';
    return [`train/${index}`, `train/${other}`];
  });
  rows['test-overlap'] = new Set();
  for (let index = 0; index < 100; index++) {
    test[index] = { ...(train[places.pop() as number] as Row) };
    rows['test-overlap'].add(`test/${index}`);
  }
  rows['test-only-class'] = new Set();
  for (let index = 100; index < 112; index++) {
    (test[index] as Row).y = 'new';
    rows['test-only-class'].add(`test/${index}`);
  }
  delete rows.none;
  const columns: Readonly<Record<string, string>> = {
    ...{ 'identifier-like': 'key', 'constant-column': 'constant', 'near-constant': 'near', 'date-as-number': 'day' },
    ...{ 'target-leakage': 'leak', 'class-imbalance': 'y' },
  };
  const planted: Record<string, Planted> = {};
  for (const [check, found] of Object.entries(rows)) planted[check] = { about: 'rows', found };
  for (const [check, column] of Object.entries(columns))
    planted[check] = { about: 'columns', found: new Set([column]) };
  return { train: toCsv(train), test: toCsv(test), planted };
}

function toCsv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] as Row);
  return `${names.join(',')}\n${rows.map(row => `${Object.values(row).join(',')}\n`).join('')}`;
}

/** Fisher and Yates. */
function shuffled(count: number, random: () => number): number[] {
  const items = Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = random() % (index + 1);
    [items[index], items[other]] = [items[other] as number, items[index] as number];
  }
  return items;
}

/** Marsaglia 2003: 32-bit numbers. */
function xorshift(seed: number): () => number {
  let state = seed * 2_654_435_769;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
