import { z } from 'zod';
import {
  actionParameter,
  type CheckColumn,
  type CheckFinding,
  type CheckWork,
  columnsOf,
  defineCheck,
  isClassTarget,
} from './check.js';

/** Groups of a feature with fewer rows than this on average would be pure by chance. */
const MIN_ROWS_PER_GROUP = 5;
const MIN_ROWS = 50;
const BINS = 100;
/** Each is a query of its own. */
const MAX_FEATURES = 500;

export const targetLeakage = defineCheck({
  kind: 'target-leakage',
  version: 1,
  summary: 'A single column that predicts the target almost perfectly, and may have been made from it.',
  parameters: z.strictObject({
    action: actionParameter('report'),
    threshold: z
      .number()
      .min(0.5)
      .max(1)
      .default(0.995)
      .describe('Share of rows that are predicted, or of the variance of a number.'),
  }),
  async inspect(work, { threshold }) {
    if (work.rows < MIN_ROWS) return [];
    const findings: CheckFinding[] = [];
    for (const target of columnsOf(work, 'target')) {
      const isClass = await isClassTarget(work, target);
      if (!isClass && target.kind !== 'number') continue;
      const features = columnsOf(work, 'input', 'time', 'group');
      if (features.length > MAX_FEATURES)
        findings.push({
          column: target.name,
          detail: `only the first ${MAX_FEATURES} of ${features.length} columns were compared with '${target.name}'`,
        });
      for (const feature of features.slice(0, MAX_FEATURES)) {
        const share = isClass ? await purity(work, feature, target) : await explained(work, feature, target);
        if (share === undefined || share < threshold) continue;
        const percent = `${(share * 100).toFixed(1)} %`;
        const what = isClass
          ? `the class of '${target.name}' in ${percent} of the rows`
          : `${percent} of the variance of '${target.name}'`;
        const detail = `'${feature.name}' alone predicts ${what}; if it is not known before the target is, leave it out with --ignore '${feature.name}'`;
        findings.push({ column: feature.name, detail });
      }
    }
    return findings;
  },
});

/** SQL of the group of a row by one feature: its value, or one of equally large bins of a number. */
function groupOf({ kind, sql }: CheckColumn): string {
  return kind === 'number' || kind === 'timestamp' ? `ntile(${BINS}) OVER (ORDER BY ${sql})` : sql;
}

/** Share of sampled rows in the most frequent class of their group; undefined if it would mean nothing. */
async function purity(work: CheckWork, feature: CheckColumn, target: CheckColumn): Promise<number | undefined> {
  const sample = await work.sample();
  const [row] = await work.query(
    `WITH rows AS (SELECT ${groupOf(feature)} AS g, ${target.sql} AS c FROM ${sample}
        WHERE ${feature.sql} IS NOT NULL AND ${target.sql} IS NOT NULL),
      cells AS (SELECT g, c, count(*) AS n FROM rows GROUP BY g, c),
      groups AS (SELECT max(n) AS best, sum(n) AS n FROM cells GROUP BY g),
      classes AS (SELECT sum(n) AS n FROM cells GROUP BY c)
     SELECT sum(best)::DOUBLE / sum(n) AS share, sum(n)::DOUBLE AS n, count(*) AS groups, (SELECT max(n) FROM classes)::DOUBLE AS usual
     FROM groups`,
  );
  const [share, rows, groups, usual] = [row?.share, row?.n, row?.groups, row?.usual].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (!(rows >= MIN_ROWS) || rows / groups < MIN_ROWS_PER_GROUP) return undefined;
  // Of a class that nearly all rows have, every column "predicts" nearly all.
  const baseline = usual / rows;
  return (share - baseline) / (1 - baseline) >= MIN_GAIN ? share : undefined;
}

/** Share of the rows that are not of the most frequent class which the feature must predict. */
const MIN_GAIN = 0.9;

/** Share of the variance of a number between the groups, or by a straight line. */
async function explained(work: CheckWork, feature: CheckColumn, target: CheckColumn): Promise<number | undefined> {
  const sample = await work.sample();
  const known = `${feature.sql} IS NOT NULL AND ${target.sql} IS NOT NULL`;
  if (feature.kind === 'number') {
    const [row] = await work.query(
      `SELECT corr(${feature.sql}, ${target.sql}) AS r, count(*) AS n FROM ${sample} WHERE ${known}`,
    );
    const r = row?.r as number | null | undefined;
    return r === null || r === undefined || Number(row?.n) < MIN_ROWS ? undefined : r * r;
  }
  const [row] = await work.query(
    `WITH rows AS (SELECT ${groupOf(feature)} AS g, ${target.sql} AS y FROM ${sample} WHERE ${known}),
      groups AS (SELECT count(*) AS n, var_pop(y) AS v FROM rows GROUP BY g)
     SELECT sum(n * v) / sum(n) AS within, sum(n)::DOUBLE AS n, count(*) AS groups,
       (SELECT var_pop(${target.sql}) FROM ${sample} WHERE ${known}) AS total FROM groups`,
  );
  const [within, rows, groups, total] = [row?.within, row?.n, row?.groups, row?.total].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (!(rows >= MIN_ROWS) || rows / groups < MIN_ROWS_PER_GROUP || !(total > 0)) return undefined;
  return 1 - within / total;
}
