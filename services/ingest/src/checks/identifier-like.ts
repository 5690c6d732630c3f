import { z } from 'zod';
import {
  actionParameter,
  type CheckColumn,
  type CheckFinding,
  type CheckWork,
  columnsOf,
  defineCheck,
} from './check.js';

const MIN_ROWS = 20;
const ID_NAME = /(^|[_\s-])(id|uuid|guid|key|index|idx|rownum|row)$|[a-z](Id|ID|Key|UUID)$/i;

export const identifierLike = defineCheck({
  kind: 'identifier-like',
  version: 1,
  summary: 'Columns that name their row, such as a counter or a key: by default they are no inputs.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    const { rows } = work;
    const candidates = columnsOf(work, 'input').filter(({ count, isRoleChosen }) => count === rows && !isRoleChosen);
    const counters = await findCounters(work, candidates);
    const others = rows < MIN_ROWS ? [] : candidates.filter(({ sql }) => !counters.has(sql));
    const possible = await findPossible(work, others);
    const found: CheckFinding[] = [];
    for (const column of candidates) {
      const isCounter = counters.has(column.sql) && (column.isUnnamed || rows >= MIN_ROWS);
      const key = isCounter ? 'unique' : possible.has(column.sql) ? await keyOf(work, column) : undefined;
      if (key === undefined) continue;
      const { name } = column;
      const what = key === 'unique' ? `is different in each of ${rows} rows` : 'is the same only in equal rows';
      const detail = `'${name}' ${what}, like an identifier; it has the role id and is no input, unless --role '${name}=input' says so`;
      found.push({ column: name, detail, role: 'id' });
    }
    return found;
  },
});

/** Columns that increase by one with each row of the train partition. */
async function findCounters(work: CheckWork, candidates: readonly CheckColumn[]): Promise<Set<string>> {
  const numbers = candidates.filter(({ kind, whole }) => kind === 'number' && whole);
  if (work.rows < 2) return new Set();
  const row = await work.aggregate(
    numbers,
    ({ sql }) => [`min(${sql} - rowid) = max(${sql} - rowid) AS ${sql}`],
    `${work.table} WHERE rowid < ${work.trainRows}`,
  );
  return new Set(numbers.filter(({ sql }) => row[sql] === true).map(({ sql }) => sql));
}

/** Rows of a table may be there twice, with their key. */
const MIN_DISTINCT = 0.95;

/**
 * Whether every row has another value, or only equal rows have the same, and the values are those of a key: dense
 * numbers, words, or by their name.
 */
async function keyOf(work: CheckWork, column: CheckColumn): Promise<'unique' | 'repeated' | undefined> {
  const { sql, kind, name } = column;
  const [row] = await work.query(`SELECT count(DISTINCT ${sql}) AS n FROM ${work.table}`);
  const distinct = Number(row?.n);
  if (distinct < work.rows * MIN_DISTINCT) return undefined;
  if (kind === 'number' && !ID_NAME.test(name.trim())) {
    const { min, max } = (await work.ranges()).get(sql) ?? {};
    if (min === undefined || max === undefined || max - min + 1 > work.rows * 1.1) return undefined;
  }
  if (distinct === work.rows) return 'unique';
  return (await repeatsInEqualRowsOnly(work, column)) ? 'repeated' : undefined;
}

/** Columns that are compared: planning takes time quadratic in their number. */
const MAX_COMPARED = 100;

async function repeatsInEqualRowsOnly(work: CheckWork, { sql }: CheckColumn): Promise<boolean> {
  const others = columnsOf(work, 'input').filter(each => each.sql !== sql);
  if (others.length === 0) return false;
  const compared = others.slice(0, MAX_COMPARED).map(each => each.sql);
  const [row] = await work.query(
    `SELECT count(*) AS n FROM (SELECT min(h) AS low, max(h) AS high
       FROM (SELECT ${sql}, hash(${compared.join(', ')}) AS h FROM ${work.table}) GROUP BY ${sql}) WHERE low <> high`,
  );
  return Number(row?.n) === 0;
}

/** By the sample: columns with hardly a value twice in it, and texts without white space. */
async function findPossible(work: CheckWork, columns: readonly CheckColumn[]): Promise<Set<string>> {
  const isText = ({ kind }: CheckColumn) => kind === 'text' || kind === 'category';
  const candidates = columns.filter(column => isText(column) || (column.kind === 'number' && column.whole));
  const row = await work.aggregate(
    candidates,
    column => {
      const isWord = isText(column) && !ID_NAME.test(column.name.trim());
      const spaced = isWord ? ` AND count(*) FILTER (contains(${column.sql}, ' ')) = 0` : '';
      return [`count(DISTINCT ${column.sql}) >= ${MIN_DISTINCT} * count(*)${spaced} AS ${column.sql}`];
    },
    await work.sample(),
  );
  return new Set(candidates.filter(({ sql }) => row[sql] === true).map(({ sql }) => sql));
}
