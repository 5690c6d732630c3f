// What inputs an operator has, in order. Names are of our own choice where ONNX's are long.

import { TypeInferenceError } from '../errors.js';

type InputKind = 'one' | 'optional' | 'variadic';

export interface InputSpec<K extends InputKind = InputKind> {
  readonly kind: K;
}

export type InputSpecs = Readonly<Record<string, InputSpec>>;

/** Something for each input: one, one or none, or a list. */
export type PerInput<I extends InputSpecs, T> = {
  readonly [N in keyof I]: I[N] extends InputSpec<'one'>
    ? T
    : I[N] extends InputSpec<'optional'>
      ? T | undefined
      : readonly T[];
};

export const one = (): InputSpec<'one'> => ({ kind: 'one' });
export const optional = (): InputSpec<'optional'> => ({ kind: 'optional' });
/** All further inputs, at least one. */
export const variadic = (): InputSpec<'variadic'> => ({ kind: 'variadic' });

/** Throws TypeInferenceError for a missing or an unexpected input. */
export function bindInputs<T>(
  op: string,
  specs: InputSpecs,
  values: readonly (T | undefined)[],
): PerInput<InputSpecs, T> {
  const rest = [...values];
  const entries = Object.entries(specs).map(([name, { kind }]) => {
    if (kind === 'variadic') {
      const all = rest.splice(0);
      if (all.length === 0 || all.includes(undefined)) throw new TypeInferenceError(`${op} needs inputs "${name}"`);
      return [name, all] as const;
    }
    const value = rest.shift();
    if (value === undefined && kind === 'one') throw new TypeInferenceError(`${op} needs an input "${name}"`);
    return [name, value] as const;
  });
  if (rest.some(value => value !== undefined)) {
    throw new TypeInferenceError(`${op} takes ${entries.length} inputs, received ${values.length}`);
  }
  return Object.fromEntries(entries) as PerInput<InputSpecs, T>;
}

/** Something for each input by name, as a list in the order of a node's inputs. */
export function inOrder<T>(
  specs: InputSpecs,
  count: number,
  named: Readonly<Record<string, T | readonly T[] | undefined>>,
): (T | undefined)[] {
  const list = Object.entries(specs).flatMap(([name, { kind }]): readonly (T | undefined)[] => {
    return kind === 'variadic' ? ((named[name] as readonly T[] | undefined) ?? []) : [named[name] as T | undefined];
  });
  return Array.from({ length: count }, (_, index) => list[index]);
}

/** A fact about each input that is present. */
export function mapInputs<S extends object, T>(
  bound: PerInput<InputSpecs, S>,
  fact: (input: S) => T,
): PerInput<InputSpecs, T> {
  const map = (input: S | readonly S[] | undefined) => {
    if (input === undefined) return undefined;
    return Array.isArray(input) ? input.map(fact) : fact(input as S);
  };
  const entries = Object.entries(bound).map(([name, input]) => [name, map(input as S | readonly S[] | undefined)]);
  return Object.fromEntries(entries) as PerInput<InputSpecs, T>;
}
