// Runs the checks of a plan over the working table, and collects which rows have which flaws, and which are removed.

import type { CheckFinding, CheckParameters } from '../../checks/check.js';
import { CHECK_FAMILY, CHECKS } from '../../checks/checks.js';
import type { LoadedTable } from '../columns/load-table.js';
import type { Misfits } from '../columns/misfits.js';
import type { RoledColumn } from '../columns/roles.js';
import { type Database, numberOf } from '../database/database.js';
import type { FindingAction, FindingSummary, TablePlan } from '../table-plan.js';
import { createCheckWork, type RunningCheckWork } from './check-work.js';

/** One finding of one check; its index is its precedence. */
export interface Found {
  readonly check: string;
  readonly action: FindingAction;
  readonly rows: number;
  readonly column?: string;
  readonly detail: string;
}

export interface Checked {
  readonly work: RunningCheckWork;
  readonly columns: readonly RoledColumn[];
  readonly found: readonly Found[];
  readonly summaries: readonly FindingSummary[];
  readonly removedRows: number;
}

/** Rows of the working table that are no part of the version: the columns `row` and `finding`. */
export const REMOVED = 'removed';
/** The columns `finding`, `row`, `detail`, and `value` where it is not that of the working table. */
export const FLAWS = 'flaws';

const FIRST_ROW_IDS = 20;

export interface CheckOptions {
  readonly plan: TablePlan;
  readonly loaded: LoadedTable;
  readonly misfits: readonly Misfits[];
  readonly onCheck: (completed: number, total: number) => void;
}

export async function runChecks(
  database: Database,
  columns: readonly RoledColumn[],
  { plan, loaded, misfits, onCheck }: CheckOptions,
): Promise<Checked> {
  const work = createCheckWork(database, loaded, columns);
  const flaws = new FlawTable(database);
  await flaws.create();
  for (const { column, select, detail } of misfits) {
    const action = plan.reading.onMisfit === 'quarantine' ? 'quarantine' : 'report';
    await flaws.add({ column, detail, rows: select }, { check: MISFIT_CHECK, action, hasValue: true });
  }
  const ordered = Object.keys(CHECKS).flatMap(kind => plan.checks.filter(check => check.kind === kind));
  for (const [index, { kind, parameters }] of ordered.entries()) {
    onCheck(index, ordered.length);
    const { action } = parameters as CheckParameters;
    for (const finding of await CHECK_FAMILY.kinds[kind]!.inspect(work, parameters as CheckParameters)) {
      await flaws.add(finding, { check: kind, action, hasValue: false });
      if (finding.role !== undefined) work.setRole(finding.column, finding.role);
    }
  }
  const { found } = flaws;
  const summaries = await summarize(database, found, work.rowId);
  const removedRows = summaries.reduce((sum, { removed }) => sum + removed, 0);
  return { work, columns: work.columns, found, summaries, removedRows };
}

/** The name under which values that do not fit their column's type are reported. */
const MISFIT_CHECK = 'misfit';

/** The table of flaws, as it grows. */
class FlawTable {
  readonly found: Found[] = [];
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(): Promise<void> {
    await this.#database.run(`CREATE TABLE ${FLAWS} (finding INTEGER, row BIGINT, detail VARCHAR, value VARCHAR)`);
  }

  /** `hasValue`: the rows have the column `value` too. */
  async add(
    { rows: select, detail, column }: CheckFinding,
    { check, action, hasValue }: { check: string; action: FindingAction; hasValue: boolean },
  ): Promise<void> {
    const index = this.found.length;
    let rows = 0;
    if (select !== undefined) {
      const [inserted] = await this.#database.query(
        `INSERT INTO ${FLAWS} SELECT ${index}, row, detail, ${hasValue ? 'value' : 'NULL'} FROM (${select})`,
      );
      rows = numberOf(inserted?.Count);
      if (rows === 0) return;
    }
    const text = typeof detail === 'string' ? detail : detail(rows);
    this.found.push({ check, action, rows, detail: text, ...(column === undefined ? {} : { column }) });
  }
}

async function summarize(
  database: Database,
  found: readonly Found[],
  rowId: (row: string) => string,
): Promise<FindingSummary[]> {
  const removing = found.flatMap(({ action, rows }, index) => (action === 'report' || rows === 0 ? [] : [index]));
  const which = removing.length === 0 ? 'false' : `finding IN (${removing.join(', ')})`;
  await database.run(
    `CREATE TABLE ${REMOVED} AS SELECT row, min(finding) AS finding FROM ${FLAWS} WHERE ${which} GROUP BY row`,
  );
  const removed = await countsBy(database, `SELECT finding, count(*) AS n FROM ${REMOVED} GROUP BY finding`);
  const summaries: FindingSummary[] = [];
  for (const [index, { rows, ...finding }] of found.entries()) {
    const first =
      rows === 0
        ? []
        : await database.query(
            `SELECT ${rowId('row')} AS id FROM (SELECT row FROM ${FLAWS} WHERE finding = ${index} ORDER BY row LIMIT ${FIRST_ROW_IDS}) ORDER BY row`,
          );
    summaries.push({
      ...{ ...finding, rows, removed: removed.get(index) ?? 0 },
      firstRowIds: first.map(({ id }) => id as string),
    });
  }
  return summaries;
}

async function countsBy(database: Database, sql: string): Promise<Map<number, number>> {
  const rows = await database.query(sql);
  return new Map(rows.map(({ finding, n }) => [numberOf(finding), numberOf(n)]));
}
