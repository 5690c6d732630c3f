import { z } from 'zod';
import { actionParameter, columnsOf, defineCheck } from './check.js';

export const overlapWithTest = defineCheck({
  kind: 'test-overlap',
  version: 1,
  summary: 'Given test rows that are training rows too: what is measured on them is memory.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    const { rows, trainRows } = work;
    if (trainRows === rows) return [];
    const equal = await work.equalRows(columnsOf(work, 'input', 'target'), 'table');
    return [
      {
        detail: count => `${count} of ${rows - trainRows} test rows are training rows too`,
        rows: `SELECT row, 'equals ' || ${work.rowId('first')} AS detail FROM ${equal}
          WHERE row >= ${trainRows} AND first < ${trainRows}`,
      },
    ];
  },
});
