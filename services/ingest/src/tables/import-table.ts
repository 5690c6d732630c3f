// One import, in its own process: sources → working table → checks → version.

import { type OnChildPhase, RESULT_FOLDER } from '../child-process/child-message.js';
import { FormatError } from '../formats/rows.js';
import { evidenceOf } from './columns/evidence.js';
import { loadTable } from './columns/load-table.js';
import { assignRoles, expectInputs } from './columns/roles.js';
import { settleColumns } from './columns/settle-columns.js';
import { type Database, openDatabase } from './database/database.js';
import { expectAnyRow, expectClasses, expectRows, expectSplits, expectVaryingTargets } from './findings/loss-rules.js';
import { REMOVED, runChecks } from './findings/run-checks.js';
import { writeFindings } from './findings/write-findings.js';
import { Problems } from './problems.js';
import { toVersionColumns } from './rows/dictionaries.js';
import { writeVersion } from './rows/write-version.js';
import { describeSample } from './sample.js';
import { openSources } from './sources/open-sources.js';
import type { SourceTable } from './sources/source-table.js';
import type { TablePlan, TableResult } from './table-plan.js';

export async function importTable(plan: TablePlan, folder: string, onPhase: OnChildPhase): Promise<TableResult> {
  const { memoryMiB, threads } = plan.limits;
  const database = await openDatabase({ folder, memoryMiB, threads });
  try {
    return await importInto(database, plan, { folder, onPhase });
  } finally {
    database.close();
  }
}

/** Each thread of a reading statement holds a vector for each column, about 50 KiB. */
const MAX_PARALLEL_COLUMNS = 2_000;

function threadsFor(sources: readonly SourceTable[], threads: number): number {
  return Math.max(...sources.map(({ names }) => names.length)) > MAX_PARALLEL_COLUMNS ? 1 : threads;
}

async function importInto(
  database: Database,
  plan: TablePlan,
  { folder, onPhase }: { folder: string; onPhase: OnChildPhase },
): Promise<TableResult> {
  onPhase('READING', 0, plan.sources.length);
  const sources = await openSources(plan, folder, database);
  if (!sources.some(({ partition }) => partition === 'train'))
    throw new FormatError('expected a file of training rows, got none');
  await database.lock(threadsFor(sources, plan.limits.threads));
  const problems = new Problems(plan.sample !== undefined);
  const loaded = await loadTable(database, sources, plan);
  const { refuse } = problems;
  const settled = await settleColumns(database, loaded, { reading: plan.reading, targets: plan.targets, refuse });
  // What a trailing delimiter makes.
  const present = settled.columns.filter(({ isUnnamed, count }) => !isUnnamed || count > 0);
  const roled = assignRoles(present, plan);
  const { misfits } = settled;
  const onCheck = (completed: number, total: number) => onPhase('CHECKING', completed, total);
  const checked = await runChecks(database, roled, { plan, loaded, misfits, onCheck });
  expectInputs(checked.columns);
  await problems.check(() => expectRows(checked, loaded.rows, plan.acceptLoss));
  expectAnyRow(checked, loaded.rows);
  await problems.check(() => expectVaryingTargets(checked.work));
  const isAll = checked.removedRows === 0;
  const sql = isAll ? 'true' : `rowid NOT IN (SELECT row FROM ${REMOVED})`;
  const kept = { rows: loaded.rows - checked.removedRows, isAll, sql };
  const hasTest = sources.some(({ partition }) => partition === 'test');
  const columns = await toVersionColumns(database, checked.columns, kept);
  await problems.check(() =>
    expectClasses(checked.work, columns, { acceptLoss: plan.acceptLoss, keptRows: kept.rows }),
  );
  const split = hasTest ? { ...plan.split, testFraction: 0 } : plan.split;
  const version = await writeVersion(database, {
    columns,
    kept,
    ranges: await checked.work.ranges(),
    trainRows: loaded.trainRows,
    split,
    folder,
    name: RESULT_FOLDER,
    removed: isAll ? undefined : REMOVED,
    onRows: (completed, total) => onPhase('WRITING', completed, total),
  });
  await problems.check(() =>
    expectSplits(version.splits, { split, keptRows: kept.rows, hasTest, acceptLoss: plan.acceptLoss }),
  );
  const files = await writeFindings(database, checked, { loaded, folder, name: RESULT_FOLDER });
  return {
    ...version,
    ...files,
    rowsRead: loaded.rows,
    findings: checked.summaries,
    reading: sources.map(({ applied }) => applied),
    evidence: evidenceOf(checked.columns, { rows: loaded.rows, types: plan.reading.types, misfits }),
    ...(plan.sample !== undefined && { sampled: { ...describeSample(loaded), problems: problems.messages } }),
  };
}
