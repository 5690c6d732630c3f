import { z } from 'zod';
import {
  actionParameter,
  type CheckColumn,
  type CheckFinding,
  type CheckWork,
  columnsOf,
  defineCheck,
  examplesOf,
} from './check.js';

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
      const { value, rows } = modes.get(sql) ?? { value: '', rows: 0 };
      // In every row it is a constant column.
      if (rows < work.rows * share || rows === work.rows) continue;
      const shown = whole ? value.replace(/\.0$/, '') : value;
      const detail = `'${name}' is ${examplesOf([shown])} in ${rows} of ${work.rows} rows`;
      findings.push({ column: name, detail });
    }
    return findings;
  },
});

/** Of the sample; that of a value in nearly every row is not smaller. */
const MIN_SAMPLE_SHARE = 0.5;

/** A value in nearly every row is the most frequent one of an even sample too; its rows are counted in the whole table. */
async function mostFrequent(work: CheckWork, columns: CheckWork['columns']) {
  const sample = await work.sample();
  const modes = await work.aggregate(columns, ({ sql }) => [`mode(${sql})::VARCHAR AS ${sql}`], sample);
  const isMode = ({ sql }: CheckColumn) => `CAST(${sql} AS VARCHAR) = '${String(modes[sql]).replaceAll("'", "''")}'`;
  const shares = await work.aggregate(
    columns,
    column => [`count(*) FILTER (${isMode(column)}) / count(*) AS ${column.sql}`],
    sample,
  );
  const candidates = columns.filter(({ sql }) => Number(shares[sql]) >= MIN_SAMPLE_SHARE);
  const counts = await work.aggregate(candidates, column => [`count(*) FILTER (${isMode(column)}) AS ${column.sql}`]);
  return new Map(candidates.map(({ sql }) => [sql, { value: String(modes[sql]), rows: Number(counts[sql]) }]));
}
