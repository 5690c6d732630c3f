import { z } from 'zod';
import { actionParameter, type CheckColumn, type CheckWork, columnsOf, defineCheck } from './check.js';

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
    const found: CheckColumn[] = [];
    for (const column of candidates) {
      const isCounter = counters.has(column.sql) && (column.isUnnamed || rows >= MIN_ROWS);
      if (isCounter || (possible.has(column.sql) && (await isUnique(work, column)))) found.push(column);
    }
    return found.map(({ name }) => ({
      column: name,
      detail: `'${name}' is different in each of ${rows} rows, like an identifier; it has the role id and is no input, unless --role '${name}=input' says so`,
      role: 'id' as const,
    }));
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

/** Whether every row has another value, and the values are those of a key: dense numbers, words, or by their name. */
async function isUnique(work: CheckWork, column: CheckColumn): Promise<boolean> {
  const { sql, kind, name } = column;
  const [row] = await work.query(`SELECT count(DISTINCT ${sql}) AS n FROM ${work.table}`);
  if (Number(row?.n) < work.rows) return false;
  if (ID_NAME.test(name.trim())) return true;
  if (kind !== 'number') return true;
  const { min, max } = (await work.ranges()).get(sql) ?? {};
  return min !== undefined && max !== undefined && max - min + 1 <= work.rows * 1.1;
}

/** By the sample: columns with no value twice in it, and texts without white space. */
async function findPossible(work: CheckWork, columns: readonly CheckColumn[]): Promise<Set<string>> {
  const isText = ({ kind }: CheckColumn) => kind === 'text' || kind === 'category';
  const candidates = columns.filter(column => isText(column) || (column.kind === 'number' && column.whole));
  const row = await work.aggregate(
    candidates,
    column => {
      const isWord = isText(column) && !ID_NAME.test(column.name.trim());
      const spaced = isWord ? ` AND count(*) FILTER (contains(${column.sql}, ' ')) = 0` : '';
      return [`count(DISTINCT ${column.sql}) = count(*)${spaced} AS ${column.sql}`];
    },
    await work.sample(),
  );
  return new Set(candidates.filter(({ sql }) => row[sql] === true).map(({ sql }) => sql));
}
