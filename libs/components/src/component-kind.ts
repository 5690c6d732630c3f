import type { z } from 'zod';

/** One kind of a family: its name, the schema of its parameters, and what it is for. Implementations extend it. */
export interface ComponentKind<P = unknown> {
  readonly kind: string;
  /** Version of the parameters' meaning; increases when stored components would be read differently. */
  readonly version: number;
  /** One sentence for `athanor components`. */
  readonly summary: string;
  /** An object schema with a default for every optional field, and a description for each. */
  readonly parameters: z.ZodType<P>;
}

/** All kinds of one family, by name: the literal table in which a new kind is one line. */
export interface ComponentFamily<K extends ComponentKind = ComponentKind> {
  /** For example "model". */
  readonly name: string;
  readonly kinds: Readonly<Record<string, K>>;
}

/** A component as received: JSON without any check. */
export interface RawComponent {
  readonly kind: string;
  readonly parameters: unknown;
  /** 0: the newest. */
  readonly version: number;
}

/** A component with its defaults filled in: what is stored, hashed and shown. */
export interface ResolvedComponent<P = unknown> {
  readonly kind: string;
  readonly parameters: P;
  readonly version: number;
}
