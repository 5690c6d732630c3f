import type { DatasetPlanInput } from '@athanor/contracts/ingest';
import { chooseTaskKind, SPLITS } from '@athanor/data';
import { toPlan } from '../preparation/plan.js';
import type { TableOutlook } from '../preparation/plan-table.js';
import type { IngestDependencies, IngestMethods } from './dependencies.js';
import { knownSources } from './known-sources.js';
import { toColumn } from './mapping.js';

export function planMethods({
  db,
  maxUploadBytes,
  planTable,
}: IngestDependencies): Pick<IngestMethods, 'planDatasetVersion'> {
  return {
    async planDatasetVersion({ recipe, sources }, { tenant, signal }) {
      const plan = toPlan(recipe, await knownSources(db, tenant, sources), maxUploadBytes);
      return { plan: toDatasetPlan(await planTable(plan, signal)) };
    },
  };
}

function toDatasetPlan(outlook: TableOutlook): DatasetPlanInput {
  const { columns, statistics, evidence, findings, splits, rowsRead, sampled, reading } = outlook;
  const targets = columns.flatMap((column, index) =>
    column.role === 'target' ? [{ type: column.type, unique: statistics[index]?.unique?.count }] : [],
  );
  return {
    sources: reading.map(each => ({ ...each })),
    columns: columns.map((column, index) => ({
      column: toColumn({ ...column, statistics: statistics[index]! }),
      evidence: evidence[index] ?? '',
    })),
    sampledRows: rowsRead,
    isComplete: sampled.isComplete,
    ...(sampled.estimatedRows !== undefined && { estimatedRows: sampled.estimatedRows }),
    findings: findings.map(each => ({ ...each, firstRowIds: [...each.firstRowIds] })),
    splits: SPLITS.map(split => ({ split, rows: splits.find(each => each.split === split)?.rows ?? 0 })),
    problems: [...sampled.problems],
    task: targets.length === 0 ? '' : chooseTaskKind(targets),
  };
}
