import { z } from 'zod';
import { actionParameter, columnsOf, defineCheck } from './check.js';

export const missingTarget = defineCheck({
  kind: 'missing-target',
  version: 1,
  summary: 'Rows without a value in a target column; nothing can be learned from them.',
  parameters: z.strictObject({ action: actionParameter('drop') }),
  async inspect(work) {
    const { rows, table } = work;
    const targets = columnsOf(work, 'target');
    return targets
      .filter(({ count }) => count < rows)
      .map(({ name, sql, count }) => ({
        column: name,
        detail: `${rows - count} of ${rows} rows have no value in the target '${name}'`,
        rows: `SELECT rowid AS row, 'the target is missing' AS detail FROM ${table} WHERE ${sql} IS NULL`,
      }));
  },
});
