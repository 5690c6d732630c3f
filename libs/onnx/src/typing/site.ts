import { TypeInferenceError } from '../errors.js';
import type { Attributes, ValueType } from '../model.js';

/** One use of an operator, as seen by its typing rule. */
export interface Site {
  readonly op: string;
  /** Absent for an omitted optional input. */
  readonly inputs: readonly (ValueType | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
  /** The values of an integer input, if it is a constant of the graph. */
  constantInts(input: number): readonly number[] | undefined;
}

/** Infers the types of the outputs from those of the inputs. Throws TypeInferenceError. */
export type TypingRule = (site: Site) => ValueType[];

export function inputOf(site: Site, index: number): ValueType {
  const type = site.inputs[index];
  if (type === undefined) throw new TypeInferenceError(`${site.op} needs an input ${index}`);
  return type;
}

export function describe({ dtype, shape }: ValueType): string {
  return `${dtype} [${shape.map(dim => (dim === '' ? '?' : dim)).join(',')}]`;
}
