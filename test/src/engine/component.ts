import { parseComponent, type ResolvedComponent } from '@athanor/components';
import { FAMILIES } from '@athanor/training/families';

/** A component of a job with its defaults, for tests that use the engine without the service. */
export function engineComponent(family: string, kind: string, parameters: object = {}): ResolvedComponent {
  const known = FAMILIES.find(({ name }) => name === family);
  if (known === undefined) throw new Error(`expected a family of components, received '${family}'`);
  const parsed = parseComponent(known, { kind, parameters, version: 0 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.component;
}
