import { z } from 'zod';
import { actionParameter, type CheckFinding, type CheckWork, columnsOf, defineCheck, examplesOf } from './check.js';

export const nearConstant = defineCheck({
  kind: 'near-constant',
  version: 1,
  summary: 'Columns with one value in nearly every row: little can be learned from them.',
  parameters: z.strictObject({
    action: actionParameter('report'),
    share: z.number().min(0.5).max(1).default(0.999).describe('Of all rows, from which on a value is reported.'),
  }),
  async inspect(work, { share }) {
    const findings: CheckFinding[] = [];
    const columns = columnsOf(work, 'input', 'weight', 'group', 'time').filter(
      ({ count }) => count >= work.rows * share,
    );
    const modes = await mostFrequent(work, columns);
    for (const { name, sql, whole } of columns) {
      const { value, rows } = modes.get(sql)!;
      // In every row it is a constant column.
      if (rows < work.rows * share || rows === work.rows) continue;
      const shown = whole ? value.replace(/\.0$/, '') : value;
      const detail = `'${name}' is ${examplesOf([shown])} in ${rows} of ${work.rows} rows`;
      findings.push({ column: name, detail });
    }
    return findings;
  },
});

/** A value in nearly every row is the most frequent one of an even sample too; its rows are counted in the whole table. */
async function mostFrequent(work: CheckWork, columns: CheckWork['columns']) {
  const modes = await work.aggregate(columns, ({ sql }) => [`mode(${sql})::VARCHAR AS ${sql}`], await work.sample());
  const counts = await work.aggregate(columns, ({ sql }) => {
    const value = String(modes[sql]).replaceAll("'", "''");
    return [`count(*) FILTER (CAST(${sql} AS VARCHAR) = '${value}') AS ${sql}`];
  });
  return new Map(columns.map(({ sql }) => [sql, { value: String(modes[sql]), rows: Number(counts[sql]) }]));
}
