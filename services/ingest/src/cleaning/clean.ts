import { hash } from 'node:crypto';
import { type RowTable, rowBytes } from '../formats/rows.js';
import type { ImageCheck, ImageChecks } from './image-checks.js';

export interface ImageFinding {
  readonly check: ImageCheck;
  readonly rowId: string;
  readonly removed: boolean;
  readonly detail: string;
}

export interface CleanResult {
  /** Kept rows, ascending. */
  readonly kept: readonly number[];
  /** SHA-256 of each row's pixels in hexadecimal; rows are compared and split by it. */
  readonly hashes: readonly string[];
  readonly findings: readonly ImageFinding[];
}

/** Finds flaws in one partition. A row with several flaws has several findings, and is removed under the first. */
export function cleanTable(table: RowTable, checks: ImageChecks): CleanResult {
  const hashes = Array.from({ length: table.rows }, (_, row) => hash('sha256', rowBytes(table, row), 'hex'));
  const groups = groupRows(hashes);
  const found: readonly (readonly [ImageCheck, ReadonlyMap<number, string>])[] = [
    ['duplicate', findDuplicates(groups, table)],
    ['conflicting-target', findConflicts(groups, table)],
    ['blank-image', findBlanks(table)],
  ];
  const removed = new Set<number>();
  const findings: ImageFinding[] = [];
  for (const [check, rows] of found) {
    for (const [row, detail] of [...rows].sort(([a], [b]) => a - b)) {
      const removesRow = checks[check] === 'drop' && !removed.has(row);
      findings.push({ check, rowId: rowId(table, row), removed: removesRow, detail });
      if (removesRow) removed.add(row);
    }
  }
  const kept = hashes.flatMap((_, row) => (removed.has(row) ? [] : [row]));
  return { kept, hashes, findings };
}

export function rowId({ partition }: RowTable, row: number): string {
  return `${partition}/${row}`;
}

/** Rows grouped by equal pixels, in order. */
function groupRows(hashes: readonly string[]): readonly number[][] {
  const groups = new Map<string, number[]>();
  for (const [row, hash] of hashes.entries()) {
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
      else found.set(row, `same pixels as ${rowId(table, earlier)}`);
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
        `same pixels as ${rowId(table, other)}, labels ${table.labels?.[row]} and ${table.labels?.[other]}`,
      );
    }
  }
  return found;
}

/** Images whose pixels are all equal. */
function findBlanks({ data, rows, bytesPerRow }: RowTable): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  if (bytesPerRow < 2) return found;
  for (let row = 0; row < rows; row++) {
    const begin = row * bytesPerRow;
    const first = data[begin];
    let pixel = 1;
    while (pixel < bytesPerRow && data[begin + pixel] === first) pixel++;
    if (pixel === bytesPerRow) found.set(row, `all ${bytesPerRow} pixels are ${first}`);
  }
  return found;
}
