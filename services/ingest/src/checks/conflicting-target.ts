import { z } from 'zod';
import { actionParameter, classTargets, columnsOf, defineCheck } from './check.js';

export const conflictingTarget = defineCheck({
  kind: 'conflicting-target',
  version: 1,
  summary: 'Rows with equal inputs and different classes: at most one of them can be predicted.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    const targets = await classTargets(work);
    if (targets.length === 0) return [];
    const equal = await work.equalRows(columnsOf(work, 'input'), 'table');
    const groups = `(SELECT row, first FROM ${equal} UNION ALL SELECT DISTINCT first, first FROM ${equal})`;
    return targets.map(({ name, sql }) => ({
      column: name,
      detail: rows => `${rows} of ${work.rows} rows have the inputs of another row and another class of '${name}'`,
      rows: `SELECT row, concat('equal inputs have the classes ', low, ' and ', high) AS detail FROM (
        SELECT g.row, min(t.${sql}) OVER same AS low, max(t.${sql}) OVER same AS high
        FROM ${groups} g JOIN ${work.table} t ON t.rowid = g.row WHERE t.${sql} IS NOT NULL
        WINDOW same AS (PARTITION BY g.first)) WHERE low <> high`,
    }));
  },
});
