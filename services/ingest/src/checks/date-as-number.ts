import { z } from 'zod';
import { actionParameter, type CheckFinding, columnsOf, defineCheck } from './check.js';

const MIN_ROWS = 20;

export const dateAsNumber = defineCheck({
  kind: 'date-as-number',
  version: 1,
  summary: 'Whole numbers that are dates, such as 20240131: as numbers their distances mean nothing.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    const ranges = await work.ranges();
    const candidates = columnsOf(work, 'input', 'time').filter(({ kind, whole, sql, count }) => {
      const { min = 0, max = 0 } = ranges.get(sql) ?? {};
      return kind === 'number' && whole && count >= MIN_ROWS && min >= 1900_01_01 && max < 2100_01_01;
    });
    const findings: CheckFinding[] = [];
    for (const { name, sql } of candidates) {
      const date = `try_strptime(CAST(CAST(${sql} AS BIGINT) AS VARCHAR), '%Y%m%d')`;
      const [row] = await work.query(
        `SELECT count(*) AS n FROM ${work.table} WHERE ${sql} IS NOT NULL AND ${date} IS NULL`,
      );
      if (Number(row?.n) > 0) continue;
      const detail = `all values of '${name}' are dates written as YYYYMMDD; --type '${name}=timestamp' reads them as dates`;
      findings.push({ column: name, detail });
    }
    return findings;
  },
});
