import { z } from 'zod';
import { actionParameter, type CheckFinding, columnsOf, defineCheck } from './check.js';

export const outliers = defineCheck({
  kind: 'outliers',
  version: 1,
  summary: 'Numbers far from the quartiles of their column (Tukey 1977).',
  parameters: z.strictObject({
    action: actionParameter('report'),
    factor: z
      .number()
      .positive()
      .default(3)
      .describe('Multiple of the interquartile range beyond the quartiles: 1.5 is "out", 3 is "far out".'),
  }),
  async inspect(work, { factor }) {
    const numbers = columnsOf(work, 'input', 'target').filter(({ kind }) => kind === 'number');
    // The quartiles of an even sample: those of millions of rows differ little, and cost a sort of each column.
    const found = await work.aggregate(
      numbers,
      ({ sql }) => [`quantile_cont(CAST(${sql} AS DOUBLE), [0.25, 0.75]) AS ${sql}`],
      await work.sample(),
    );
    const bounds = numbers.flatMap(column => {
      const [low, high] = itemsOf(found[column.sql]);
      if (low === undefined || high === undefined || !(high > low)) return [];
      const reach = factor * (high - low);
      return [{ column, low: low - reach, high: high + reach }];
    });
    const isOut = ({ column: { sql }, low, high }: (typeof bounds)[number]) => `(${sql} < ${low} OR ${sql} > ${high})`;
    const byColumn = new Map(bounds.map(each => [each.column, each]));
    const counted = await work.aggregate([...byColumn.keys()], column => [
      `count(*) FILTER (${isOut(byColumn.get(column)!)}) AS ${column.sql}`,
    ]);
    return bounds.flatMap((each): CheckFinding[] => {
      const { name, sql } = each.column;
      if (Number(counted[sql]) === 0) return [];
      const detail = (rows: number) =>
        `${rows} values of '${name}' are outside of ${each.low} to ${each.high}, ${factor} interquartile ranges from its quartiles`;
      const select = `SELECT rowid AS row, concat('the value is ', ${sql}) AS detail FROM ${work.table} WHERE ${isOut(each)}`;
      return [{ column: name, detail, rows: select }];
    });
  },
});

function itemsOf(list: unknown): (number | undefined)[] {
  const items = Array.isArray(list) ? list : ((list as { items?: unknown[] } | null)?.items ?? []);
  return items.map(item => (typeof item === 'number' ? item : undefined));
}
