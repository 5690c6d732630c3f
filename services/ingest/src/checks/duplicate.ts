import { z } from 'zod';
import { actionParameter, defineCheck } from './check.js';

export const duplicate = defineCheck({
  kind: 'duplicate',
  version: 1,
  summary: 'Rows that equal an earlier row of their partition in every column.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    const equal = await work.equalRows(work.columns, 'partition');
    return [
      {
        detail: rows => `${rows} of ${work.rows} rows equal an earlier row in every column`,
        rows: `SELECT row, 'equals ' || ${work.rowId('first')} AS detail FROM ${equal}`,
      },
    ];
  },
});
