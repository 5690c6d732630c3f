import {
  type ComponentFamily,
  type ComponentKind,
  nearest,
  parseComponent,
  type RawComponent,
  type ResolvedComponent,
} from '@athanor/components';
import { fromComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import { type FieldViolation, invalidFields } from '@athanor/service/errors';
import type { ColumnFacts, DatasetFacts } from './dataset-facts.js';

export interface Parsed<K> {
  readonly kind: K;
  readonly component: ResolvedComponent;
}

/** Of unknown names; the others are probably of the same kind. */
const MAX_UNKNOWN = 20;

/** Collects the problems of a spec. */
export class Violations {
  readonly #found: FieldViolation[] = [];

  add(field: string, description: string): void {
    this.#found.push({ field: `spec.${field}`, description });
  }

  throwIfAny(): void {
    if (this.#found.length > 0) throw invalidFields(this.#found);
  }

  /** The component with its defaults, or `fallback` if a request leaves it open. */
  parse<K extends ComponentKind>(
    family: ComponentFamily<K>,
    message: Component | null,
    fallback: RawComponent,
    field = family.name,
  ): Parsed<K> | undefined {
    const raw = message === null || message.kind === '' ? fallback : fromComponent(message);
    const parsed = parseComponent(family, raw, field);
    if (parsed.ok) return parsed;
    for (const { path, message: description } of parsed.problems) this.add(path, description);
    return undefined;
  }

  /** The named columns; those that fit the rule if none is named. */
  find(
    facts: DatasetFacts,
    field: string,
    names: readonly string[],
    fits: (column: ColumnFacts) => boolean,
  ): ColumnFacts[] {
    if (names.length === 0) return facts.columns.filter(fits);
    for (const name of repeated(names)) this.add(field, `'${name}' is named twice`);
    let unknown = 0;
    const byName = new Map(facts.columns.map(column => [column.name, column]));
    return names.flatMap(name => {
      const column = byName.get(name);
      if (column !== undefined) return [column];
      if (++unknown > MAX_UNKNOWN) return [];
      const guess = nearest(
        name,
        facts.columns.map(each => each.name),
      );
      const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
      this.add(field, `${facts.name} has no column '${name}'; its columns are ${columnNames(facts)}${hint}`);
      return [];
    });
  }
}

export function columnNames({ columns }: DatasetFacts): string {
  const shown = columns.slice(0, 30).map(({ name }) => name);
  return shown.join(', ') + (columns.length > shown.length ? ', …' : '');
}

/** The texts that are there before, in one pass: a request may have hundreds of thousands. */
export function repeated(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter(text => {
    const isRepeated = seen.has(text);
    seen.add(text);
    return isRepeated;
  });
}
