// One file says everything about one operator: what it takes, the types it gives, the integer contents that are
// known before a run, and a reference implementation. To add one: a file in the folder of its family, and its line in
// operators.ts.

import { TypeInferenceError } from '../errors.js';
import type { NdArray } from '../evaluate/nd-array.js';
import type { Attributes, Dim, ValueType } from '../model.js';
import { type AttributeSpecs, type AttributeValues, readAttributes } from './attribute-specs.js';
import { bindInputs, type InputSpecs, mapInputs, type PerInput } from './input-specs.js';

/** Contents of a small tensor of rank 0 or 1, mostly of integers: each known, a symbolic size, or '' if unknown. */
export type Dims = readonly Dim[];

/** Of contents that are followed: longer vectors are data, not shapes, axes or bounds. */
export const MAX_CONTENTS = 1_024;

interface Call<A extends AttributeSpecs> {
  readonly op: string;
  readonly attributes: AttributeValues<A>;
  readonly outputCount: number;
}

export interface TypeCall<A extends AttributeSpecs, I extends InputSpecs> extends Call<A> {
  readonly inputs: PerInput<I, ValueType>;
  /** What is known of the contents of inputs: integers, booleans, and a few constant floats. */
  readonly contents: PerInput<I, Dims | undefined>;
}

export interface EvalCall<A extends AttributeSpecs, I extends InputSpecs> extends Call<A> {
  readonly inputs: PerInput<I, NdArray>;
}

export interface Operator<A extends AttributeSpecs = AttributeSpecs, I extends InputSpecs = InputSpecs> {
  /** '' is ai.onnx. */
  readonly domain: string;
  /** The operator set that introduced this form of the operator; older graphs are converted first. */
  readonly since: number;
  readonly attributes: A;
  readonly inputs: I;
  /** One type per output. Throws TypeInferenceError. */
  infer(call: TypeCall<A, I>): readonly ValueType[];
  /** Contents of the outputs, where they follow from those of the inputs: Shape → Gather → Concat → Reshape. */
  propagate?(call: TypeCall<A, I>): readonly (Dims | undefined)[];
  /** The reference: plain loops; floats in float64, integers, booleans and strings exact. */
  evaluate(call: EvalCall<A, I>): readonly NdArray[];
}

type Definition<A extends AttributeSpecs, I extends InputSpecs> = Omit<Operator<A, I>, 'domain' | 'attributes'> & {
  readonly domain?: string;
  readonly attributes?: A;
};

export function defineOperator<I extends InputSpecs, A extends AttributeSpecs = Record<never, never>>(
  definition: Definition<A, I>,
): Operator<A, I> {
  return { domain: '', attributes: {} as A, ...definition };
}

/** One use of an operator in a graph. */
export interface Site<T> {
  readonly op: string;
  /** Absent for an omitted optional input. */
  readonly inputs: readonly (T | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
}

/** What is known of a value before a run. */
export interface KnownValue {
  readonly type: ValueType;
  readonly contents: Dims | undefined;
}

export function inferNode(operator: Operator, site: Site<KnownValue>): readonly KnownValue[] {
  const { op, inputs, outputCount } = site;
  const bound = bindInputs(op, operator.inputs, inputs);
  const call = {
    op,
    outputCount,
    attributes: readAttributes(op, operator.attributes, site.attributes),
    inputs: mapInputs(bound, input => input.type),
    contents: mapInputs(bound, input => input.contents),
  };
  const types = operator.infer(call).slice(0, outputCount);
  if (types.some(({ shape }) => shape.length > MAX_RANK)) {
    throw new TypeInferenceError(`${op} gives more than ${MAX_RANK} axes`);
  }
  const contents = operator.propagate?.(call) ?? [];
  return types.map((type, index) => ({ type, contents: isShort(contents[index]) ? contents[index] : undefined }));
}

// A chain of nodes that each double the axes or the elements would take all memory.
export const MAX_RANK = 256;

function isShort(contents: Dims | undefined): boolean {
  return contents !== undefined && contents.length <= MAX_CONTENTS;
}

export function evaluateNode(
  operator: Operator,
  { op, inputs, attributes, outputCount }: Site<NdArray>,
): readonly NdArray[] {
  return operator.evaluate({
    op,
    outputCount,
    attributes: readAttributes(op, operator.attributes, attributes),
    inputs: bindInputs(op, operator.inputs, inputs),
  });
}
