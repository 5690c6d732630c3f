// What the tasks with exclusive classes have in common.

import type { Column } from '@athanor/data';

/** True for one target that has classes. */
export function oneClassTarget(targets: readonly Column[]): true | string {
  const [target] = targets;
  if (target === undefined || targets.length > 1)
    return `expected one target, got ${targets.map(({ name }) => name).join(', ') || 'none'}`;
  const { kind } = target.type;
  if (kind === 'category' || kind === 'number') return true;
  return `expected a category or a number as the target '${target.name}', got a ${kind}; import it with --type ${target.name}=category`;
}
