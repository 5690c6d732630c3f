import type { ResolvedComponent } from '@athanor/components';
import type { ColumnTransform } from '@athanor/contracts/training';
import { chooseTransform, TRANSFORMS, TransformError } from '@athanor/transforms';
import type { Architecture } from '../architectures/architecture.js';
import type { ColumnFacts } from './dataset-facts.js';
import type { Violations } from './violations.js';

/** Means what a column gets that is not named at all. */
const AUTO = 'auto';

export interface ResolvedTransform {
  readonly columns: readonly string[];
  readonly transform: ResolvedComponent;
}

/** One transform for every input: those of the request, and a chosen one for each other column, in their order. */
export function resolveTransforms(
  requested: readonly ColumnTransform[],
  { inputs, model }: { readonly inputs: readonly ColumnFacts[]; readonly model: Architecture | undefined },
  violations: Violations,
): ResolvedTransform[] {
  const given = new Map<string, ResolvedTransform>();
  for (const [index, { columns, transform }] of requested.entries()) {
    const field = `transforms[${index}]`;
    const parsed = violations.parse(
      TRANSFORMS,
      transform,
      { kind: '', parameters: {}, version: 0 },
      `${field}.transform`,
    );
    const known = columns.flatMap(name => inputs.find(input => input.name === name) ?? []);
    for (const name of columns) {
      if (!inputs.some(input => input.name === name)) violations.add(field, `'${name}' is no input of the model`);
      if (given.has(name)) violations.add(field, `'${name}' has another transform already`);
    }
    if (parsed === undefined || known.length < columns.length) continue;
    // Each column is encoded on its own.
    for (const column of known) {
      if (parsed.component.kind === AUTO) continue;
      const accepted = parsed.kind.accepts([column], parsed.component.parameters);
      if (typeof accepted === 'string') violations.add(field, `'${column.name}': ${accepted}`);
      given.set(column.name, { columns: [column.name], transform: parsed.component });
    }
  }
  return inputs.flatMap(column => given.get(column.name) ?? choose(column, model, violations) ?? []);
}

function choose(
  column: ColumnFacts,
  model: Architecture | undefined,
  violations: Violations,
): ResolvedTransform | undefined {
  const distinct = column.unique === undefined ? {} : { distinct: column.unique };
  const { embeds = false, takesImages = false } = model ?? {};
  try {
    return { columns: [column.name], transform: chooseTransform(column, { ...distinct, embeds, takesImages }) };
  } catch (error) {
    if (!(error instanceof TransformError)) throw error;
    violations.add('transforms', `'${column.name}': ${error.message}`);
    return undefined;
  }
}
