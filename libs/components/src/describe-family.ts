import { z } from 'zod';
import type { ComponentFamily } from './component-kind.js';

/** A kind as `ListComponents` returns it. */
export interface KindDescription {
  readonly family: string;
  readonly kind: string;
  readonly version: number;
  readonly summary: string;
  /** JSON Schema (draft 2020-12) of the parameters. */
  readonly parametersSchema: object;
}

/** The kinds of a family, in the order of its table. */
export function describeFamily({ name, kinds }: ComponentFamily): KindDescription[] {
  return Object.values(kinds).map(({ kind, version, summary, parameters }) => ({
    family: name,
    kind,
    version,
    summary,
    parametersSchema: z.toJSONSchema(parameters, { io: 'input' }),
  }));
}
