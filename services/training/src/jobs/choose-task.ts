import type { RawComponent } from '@athanor/components';
import { chooseTaskKind } from '@athanor/data';
import type { ColumnFacts } from './dataset-facts.js';

/** The task for targets of these types. */
export function chooseTask(targets: readonly ColumnFacts[]): RawComponent {
  return { kind: chooseTaskKind(targets), parameters: {}, version: 0 };
}
