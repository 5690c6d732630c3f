import { OPERATOR_VERSIONS } from './operator-versions.gen.js';

/**
 * Whether nodes of an operator may mean something else in another operator set: a version in between changed more than it
 * added. An operator that is not known may.
 */
export function hasChanged(domain: string, op: string, [a, b]: readonly [number, number]): boolean {
  const versions = versionsOf(domain, op);
  if (versions === undefined) return a !== b;
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return versions.some(version => version < 0 && -version > low && -version <= high);
}

/** Whether an operator has a version of its own in an operator set. */
export function versionsOf(domain: string, op: string): readonly number[] | undefined {
  const operators = Object.hasOwn(OPERATOR_VERSIONS, domain) ? OPERATOR_VERSIONS[domain]! : {};
  return Object.hasOwn(operators, op) ? operators[op] : undefined;
}
