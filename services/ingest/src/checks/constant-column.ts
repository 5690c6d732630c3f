import { z } from 'zod';
import { actionParameter, type CheckFinding, columnsOf, defineCheck } from './check.js';

/** The smallest normal 32-bit float: what differs by less may be flushed to zero. */
const SMALLEST_NORMAL = 2 ** -126;

export const constantColumn = defineCheck({
  kind: 'constant-column',
  version: 1,
  summary: 'Columns with one value in every row, or without any value: nothing can be learned from them.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    const { rows } = work;
    const ranges = await work.ranges();
    const columns = columnsOf(work, 'input', 'target', 'weight', 'group', 'time');
    return columns.flatMap(({ name, sql, count, distinct }): CheckFinding[] => {
      if (count === 0) return [{ column: name, detail: `'${name}' has no value in any of ${rows} rows` }];
      if (count < rows) return [];
      const { min, max } = ranges.get(sql) ?? {};
      if (distinct === 1 || (min !== undefined && min === max))
        return [{ column: name, detail: `'${name}' has the same value in all ${rows} rows` }];
      if (min === undefined || max === undefined || max - min >= SMALLEST_NORMAL) return [];
      const detail = `the values of '${name}' differ by at most ${max - min}: in 32-bit arithmetic they are one value`;
      return [{ column: name, detail }];
    });
  },
});
