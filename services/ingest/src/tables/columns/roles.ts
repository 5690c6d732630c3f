import type { ColumnRole } from '@athanor/data';
import type { CheckColumn } from '../../checks/check.js';
import { FormatError } from '../../formats/rows.js';
import type { TablePlan } from '../table-plan.js';
import { expectColumn } from './column-names.js';
import type { SettledColumn } from './settle-columns.js';

/** A column of the working table with its role. */
export type RoledColumn = SettledColumn & Pick<CheckColumn, 'role' | 'isRoleChosen'>;

/** Throws FormatError if an option names a column that is not there. */
export function assignRoles(
  columns: readonly SettledColumn[],
  { targets, roles }: Pick<TablePlan, 'targets' | 'roles'>,
): RoledColumn[] {
  const names = columns.map(({ name }) => name);
  for (const name of targets) expectColumn(name, names, '--target');
  for (const name of Object.keys(roles)) expectColumn(name, names, '--role');
  const roled = columns.map(column => {
    const chosen: ColumnRole | undefined = targets.includes(column.name) ? 'target' : roles[column.name];
    return { ...column, role: chosen ?? 'input', isRoleChosen: chosen !== undefined };
  });
  expectInputs(roled);
  return roled;
}

/** Throws FormatError if no column is left to predict from. */
export function expectInputs(columns: readonly RoledColumn[]): void {
  if (columns.some(({ role }) => role === 'input')) return;
  const list = columns.map(({ name, role }) => `${name} (${role})`).slice(0, 30);
  throw new FormatError(
    `expected at least one input column, got ${list.join(', ')}; give a column the role with --role NAME=input`,
  );
}
