import { z } from 'zod';
import { actionParameter, type CheckFinding, columnsOf, defineCheck, examplesOf } from './check.js';

/** What a text is, in the order in which it is tried; the last one takes what is left. */
const KINDS = [
  ['numbers', /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/],
  ['dates', /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T].*)?$/],
  ['booleans', /^(true|false)$/i],
  ['texts', /^/],
] as const;
const LEADING_ZERO = /^[+-]?0\d/;

export const mixedTypes = defineCheck({
  kind: 'mixed-types',
  version: 1,
  summary: 'Columns of texts that hold numbers, dates or booleans in some rows and something else in others.',
  parameters: z.strictObject({
    action: actionParameter('report'),
    minShare: z.number().min(0).max(0.5).default(0.01).describe('Smallest share of the rows that a kind must have.'),
  }),
  async inspect(work, { minShare }) {
    const findings: CheckFinding[] = [];
    for (const column of columnsOf(work, 'input', 'target')) {
      if (column.kind !== 'category' && column.kind !== 'text') continue;
      const counts = await work.valueCounts(column);
      // Codes with leading zeros are texts on purpose.
      if (counts === undefined || counts.some(({ value }) => LEADING_ZERO.test(value))) continue;
      const found = KINDS.map(([kind]) => ({ kind, rows: 0, values: [] as string[] }));
      for (const { value, rows } of counts) {
        const own = found[KINDS.findIndex(([, pattern]) => pattern.test(value))]!;
        own.rows += rows;
        own.values.push(value);
      }
      const present = found
        .filter(({ rows }) => rows > 0 && rows >= minShare * column.count)
        .sort((a, b) => b.rows - a.rows);
      const [, ...rare] = present;
      if (rare.length === 0) continue;
      const values = rare.flatMap(each => each.values);
      const list = present.map(({ kind, rows, values: own }) => `${kind} in ${rows} rows (${examplesOf(own, 3)})`);
      findings.push({
        column: column.name,
        detail: `'${column.name}' has ${list.join(' and ')}`,
        rows: `SELECT rowid AS row, concat('the value is ', ${column.sql}) AS detail FROM ${work.table}
          WHERE ${column.sql} IN (${values.map(value => `'${value.replaceAll("'", "''")}'`).join(', ')})`,
      });
    }
    return findings;
  },
});
