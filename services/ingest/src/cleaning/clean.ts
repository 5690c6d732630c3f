import { hash } from 'node:crypto';
import { featureValues, type RowTable, rowBytes } from '../formats/rows.js';

/** In order of precedence: a row with several flaws counts as removed under the first. */
export const FINDING_KINDS = [
  'FINDING_KIND_MISSING_VALUE',
  'FINDING_KIND_DUPLICATE',
  'FINDING_KIND_CONFLICTING_LABEL',
  'FINDING_KIND_CONSTANT_ROW',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly rowId: string;
  readonly removed: boolean;
  readonly detail: string;
}

export interface CleaningRules {
  readonly keepDuplicates: boolean;
  readonly keepConflictingLabels: boolean;
  readonly keepConstantRows: boolean;
}

export interface CleanResult {
  /** Kept rows, ascending. */
  readonly kept: readonly number[];
  /** SHA-256 of each row's features in hexadecimal; rows are compared and split by it. */
  readonly hashes: readonly string[];
  readonly findings: readonly Finding[];
}

/** Finds flaws in one partition. A row with several flaws has several findings, and is removed under the first. */
export function cleanTable(table: RowTable, rules: CleaningRules): CleanResult {
  const hashes = Array.from({ length: table.rows }, (_, row) => hash('sha256', rowBytes(table, row), 'hex'));
  const missing = new Map(table.missing.map(({ row, detail }) => [row, detail]));
  const groups = groupRows(hashes, missing);
  const duplicates = findDuplicates(groups, table);
  const conflicts = findConflicts(groups, table);
  const constants = findConstants(table, missing);
  const checks: readonly [FindingKind, ReadonlyMap<number, string>, boolean][] = [
    ['FINDING_KIND_MISSING_VALUE', missing, true],
    ['FINDING_KIND_DUPLICATE', duplicates, !rules.keepDuplicates],
    ['FINDING_KIND_CONFLICTING_LABEL', conflicts, !rules.keepConflictingLabels],
    ['FINDING_KIND_CONSTANT_ROW', constants, !rules.keepConstantRows],
  ];
  const removed = new Set<number>();
  const findings: Finding[] = [];
  for (const [kind, rows, removes] of checks) {
    for (const [row, detail] of [...rows].sort(([a], [b]) => a - b)) {
      const removesRow = removes && !removed.has(row);
      findings.push({ kind, rowId: rowId(table, row), removed: removesRow, detail });
      if (removesRow) removed.add(row);
    }
  }
  const kept = hashes.flatMap((_, row) => (removed.has(row) ? [] : [row]));
  return { kept, hashes, findings };
}

export function rowId({ partition }: RowTable, row: number): string {
  return `${partition}/${row}`;
}

/** Rows grouped by equal features, in order; rows with missing values are not compared. */
function groupRows(hashes: readonly string[], missing: ReadonlyMap<number, string>): readonly number[][] {
  const groups = new Map<string, number[]>();
  for (const [row, hash] of hashes.entries()) {
    if (missing.has(row)) continue;
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [row]);
    else group.push(row);
  }
  return [...groups.values()].filter(group => group.length > 1);
}

function findDuplicates(groups: readonly number[][], table: RowTable): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const group of groups) {
    const first = new Map<string, number>();
    for (const row of group) {
      const label = table.labels?.[row] ?? '';
      const earlier = first.get(label);
      if (earlier === undefined) first.set(label, row);
      else found.set(row, `same features as ${rowId(table, earlier)}`);
    }
  }
  return found;
}

function findConflicts(groups: readonly number[][], table: RowTable): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const group of groups) {
    const labels = new Set(group.map(row => table.labels?.[row]));
    if (labels.size < 2) continue;
    for (const row of group) {
      const other = group.find(each => table.labels?.[each] !== table.labels?.[row]) as number;
      found.set(
        row,
        `same features as ${rowId(table, other)}, labels ${table.labels?.[row]} and ${table.labels?.[other]}`,
      );
    }
  }
  return found;
}

/** Images whose pixels are all equal. In a table, a row of equal values is no flaw. */
function findConstants(table: RowTable, missing: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  if (table.feature.shape.length < 2) return found;
  const values = featureValues(table);
  const width = values.length / table.rows;
  if (width < 2) return found;
  for (let row = 0; row < table.rows; row++) {
    const first = values[row * width];
    let column = 1;
    while (column < width && values[row * width + column] === first) column++;
    if (column === width && !missing.has(row)) found.set(row, `all ${width} values are ${first}`);
  }
  return found;
}
