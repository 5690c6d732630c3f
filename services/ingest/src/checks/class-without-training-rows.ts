import { z } from 'zod';
import { actionParameter, type CheckFinding, classTargets, defineCheck, examplesOf } from './check.js';

export const classWithoutTrainingRows = defineCheck({
  kind: 'test-only-class',
  version: 1,
  summary: 'Classes of given test rows without a training row: they can never be predicted.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    if (work.trainRows === work.rows) return [];
    const findings: CheckFinding[] = [];
    for (const column of await classTargets(work)) {
      const counts = (await work.valueCounts(column)) ?? [];
      const of = (isTrained: boolean) => counts.filter(({ trainRows }) => trainRows > 0 === isTrained);
      const classes = of(false).map(({ value }) => value);
      if (classes.length === 0) continue;
      const { table } = work;
      const { name, sql } = column;
      findings.push({
        column: name,
        detail: `${classes.length} classes of '${name}' have test rows only: ${examplesOf(classes)}${stripHint(name, classes, new Set(of(true).map(({ value }) => value)))}`,
        rows: `SELECT rowid AS row, concat('no training row has the class ', ${sql}) AS detail FROM ${table}
          WHERE ${sql} IS NOT NULL AND ${sql} NOT IN
            (SELECT ${sql} FROM ${table} WHERE rowid < ${work.trainRows} AND ${sql} IS NOT NULL)`,
      });
    }
    return findings;
  },
});

/** How to read "<=50K." as "<=50K", if every such class is a trained one with one more character. */
function stripHint(name: string, classes: readonly string[], trained: ReadonlySet<string>): string {
  const [extra, ...others] = new Set(
    classes.map(each => [...each].find(character => trained.has(each.replaceAll(character, '')))),
  );
  return extra === undefined || others.length > 0
    ? ''
    : `; --strip '${name}=${extra}' makes them equal to trained ones`;
}
