import type { z } from 'zod';
import type { ComponentFamily, ComponentKind, RawComponent, ResolvedComponent } from './component-kind.js';
import { nearest } from './nearest.js';

/** One problem with a component; `path` is below the component's own path. */
export interface ComponentProblem {
  readonly path: string;
  readonly message: string;
}

export type ParsedComponent<K> =
  | { readonly ok: true; readonly kind: K; readonly component: ResolvedComponent }
  | { readonly ok: false; readonly problems: readonly ComponentProblem[] };

/** Checks a component against its family and fills in the defaults. All problems are reported together. */
export function parseComponent<K extends ComponentKind>(
  family: ComponentFamily<K>,
  { kind: name, parameters, version }: RawComponent,
  path = family.name,
): ParsedComponent<K> {
  const kind = Object.hasOwn(family.kinds, name) ? family.kinds[name] : undefined;
  if (kind === undefined) return refuse({ path: `${path}.kind`, message: unknownKind(family, name) });
  if (version !== 0 && version !== kind.version) {
    const message = `expected version ${kind.version} of '${name}', or 0 for the newest, got ${version}`;
    return refuse({ path: `${path}.version`, message });
  }
  const parsed = kind.parameters.safeParse(parameters ?? {}, { reportInput: true });
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues.flatMap(issue => toProblems(issue, kind, `${path}.parameters`)),
    };
  return { ok: true, kind, component: { kind: name, parameters: parsed.data, version: kind.version } };
}

function refuse(problem: ComponentProblem): ParsedComponent<never> {
  return { ok: false, problems: [problem] };
}

function unknownKind({ name, kinds }: ComponentFamily, received: string): string {
  const known = Object.keys(kinds);
  const guess = nearest(received, known);
  const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
  const article = /^[aeiou]/.test(name) ? 'an' : 'a';
  return `expected ${article} ${name} of ${known.join(', ')}, got '${received}'${hint}`;
}

function toProblems(issue: z.core.$ZodIssue, kind: ComponentKind, path: string): ComponentProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = parameterNames(kind);
    return issue.keys.map(key => {
      const guess = nearest(key, known);
      const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
      const names = known.length === 0 ? 'it has none' : `its parameters are ${known.join(', ')}`;
      return {
        path: [path, ...issue.path, key].join('.'),
        message: `'${kind.kind}' has no such parameter: ${names}${hint}`,
      };
    });
  }
  const at = [path, ...issue.path].join('.');
  return [{ path: at, message: `${issue.message.replace(/^Invalid input: /, '')}, got ${shown(issue.input)}` }];
}

/** Names of a kind's parameters. */
export function parameterNames(kind: ComponentKind): string[] {
  const shape = (kind.parameters as { shape?: object }).shape;
  return shape === undefined ? [] : Object.keys(shape);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
