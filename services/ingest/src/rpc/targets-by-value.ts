import type { TargetsByValueInput, ValueGroupInput } from '@athanor/contracts/ingest';
import type { TargetsByValue, ValueGroup } from '../tables/table-plan.js';

export function toTargetsByValue({ rows, groups, targets }: TargetsByValue): TargetsByValueInput {
  return {
    rows,
    groups: groups.map(toValueGroup),
    targets: targets.map(({ groups: figures, classes, ...target }) => ({
      ...target,
      classes: [...classes],
      groups: figures.map(({ classRows = [], number }) => ({ classRows: [...classRows], ...number })),
    })),
  };
}

const KINDS = {
  range: 'KIND_RANGE',
  category: 'KIND_CATEGORY',
  others: 'KIND_OTHERS',
  missing: 'KIND_MISSING',
} as const;

function toValueGroup({ kind, ...group }: ValueGroup): ValueGroupInput {
  return { ...group, kind: KINDS[kind] };
}
