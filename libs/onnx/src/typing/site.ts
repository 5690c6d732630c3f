import { TypeInferenceError } from '../errors.js';
import type { Attributes, ValueType } from '../model.js';

/** One use of an operator, as its inference rule sees it. */
export interface Site {
  readonly op: string;
  /** Absent where an optional input is omitted. */
  readonly inputs: readonly (ValueType | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
  /** The values of an integer input, when it is a constant of the graph. */
  constantInts(input: number): readonly number[] | undefined;
}

/** From the types of the inputs to the types of the outputs. Throws TypeInferenceError. */
export type TypingRule = (site: Site) => ValueType[];

export function inputOf(site: Site, index: number): ValueType {
  const type = site.inputs[index];
  if (type === undefined) throw new TypeInferenceError(`${site.op} needs an input ${index}`);
  return type;
}

export function describe({ dtype, shape }: ValueType): string {
  return `${dtype} [${shape.map(dim => (dim === '' ? '?' : dim)).join(',')}]`;
}
