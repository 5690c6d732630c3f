import { z } from 'zod';
import { actionParameter, type CheckFinding, classTargets, defineCheck } from './check.js';

export const classImbalance = defineCheck({
  kind: 'class-imbalance',
  version: 1,
  summary: 'A target whose most frequent class has many times the rows of its rarest.',
  parameters: z.strictObject({
    action: actionParameter('report'),
    ratio: z.number().min(1).default(20).describe('Rows of the most frequent class for each row of the rarest one.'),
  }),
  async inspect(work, { ratio }) {
    const findings: CheckFinding[] = [];
    for (const column of await classTargets(work)) {
      const counts = (await work.valueCounts(column)) ?? [];
      const [first, last] = [counts[0], counts.at(-1)];
      if (first === undefined || last === undefined || first.rows < ratio * last.rows) continue;
      const detail = `'${column.name}' has ${first.rows} rows of the class '${first.value}' and ${last.rows} of '${last.value}'`;
      findings.push({ column: column.name, detail });
    }
    return findings;
  },
});
