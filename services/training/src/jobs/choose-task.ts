import type { RawComponent } from '@athanor/components';
import type { ColumnFacts } from './dataset-facts.js';

/** A whole number with at most this many values is taken for classes; --task regression says otherwise. */
const MAX_NUMBER_CLASSES = 10;

/** The task for targets of these types. */
export function chooseTask(targets: readonly ColumnFacts[]): RawComponent {
  const kind = targets.length > 1 ? kindOfSeveral(targets) : kindOf(targets[0]!);
  return { kind, parameters: {}, version: 0 };
}

function kindOf({ type, unique = Number.POSITIVE_INFINITY }: ColumnFacts): string {
  if (type.kind === 'number') {
    if (type.dtype === 'BOOL') return 'binary';
    if (type.dtype === 'FP64' || unique > MAX_NUMBER_CLASSES) return 'regression';
  }
  return unique === 2 ? 'binary' : 'multiclass';
}

function kindOfSeveral(targets: readonly ColumnFacts[]): string {
  return targets.every(({ unique = Number.POSITIVE_INFINITY }) => unique <= 2) ? 'multilabel' : 'regression';
}
