import type { ColumnType } from './column.js';

/** What the choice of a task depends on. */
export interface TargetOutline {
  readonly type: ColumnType;
  /** Distinct values; undefined if unknown. */
  readonly unique?: number | undefined;
}

/** A whole number with at most this many values is taken for classes; --task regression says otherwise. */
const MAX_NUMBER_CLASSES = 10;

/** The kind of task for targets of these types. */
export function chooseTaskKind(targets: readonly TargetOutline[]): string {
  return targets.length > 1 ? kindOfSeveral(targets) : kindOf(targets[0]!);
}

function kindOf({ type, unique = Number.POSITIVE_INFINITY }: TargetOutline): string {
  if (type.kind === 'number') {
    if (type.dtype === 'BOOL') return 'binary';
    if (type.dtype === 'FP64' || unique > MAX_NUMBER_CLASSES) return 'regression';
  }
  return unique === 2 ? 'binary' : 'multiclass';
}

function kindOfSeveral(targets: readonly TargetOutline[]): string {
  return targets.every(({ unique = Number.POSITIVE_INFINITY }) => unique <= 2) ? 'multilabel' : 'regression';
}
