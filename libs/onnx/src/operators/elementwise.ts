// Operators that compute each element of the result from one element of each operand.

import { type DType, isFloat } from '@athanor/tensor';
import { TypeInferenceError } from '../errors.js';
import { elementwise, type Formula, zip } from '../evaluate/elementwise.js';
import type { NdArray } from '../evaluate/nd-array.js';
import type { ValueType } from '../model.js';
import type { AttributeSpecs, AttributeValues } from './attribute-specs.js';
import { broadcastDims, describe } from './dims.js';
import { type InputSpec, one, variadic } from './input-specs.js';
import { type Dims, defineOperator, type Operator } from './operator.js';

export type Unary = { readonly x: InputSpec<'one'> };
export type Binary = { readonly a: InputSpec<'one'>; readonly b: InputSpec<'one'> };

interface UnaryDefinition extends Formula {
  readonly since: number;
  /** Of integer contents that are known numbers. */
  readonly known?: (x: number) => number;
}

/** One operand; the result has its type. */
export function unary(definition: UnaryDefinition): Operator<Record<never, never>, Unary> {
  const { known } = definition;
  return defineOperator({
    since: definition.since,
    inputs: { x: one() },
    infer: ({ inputs }) => [inputs.x],
    propagate: ({ contents: { x } }) => [known && x?.map(dim => (typeof dim === 'number' ? known(dim) : ''))],
    evaluate: ({ inputs }) => [elementwise([inputs.x], definition)],
  });
}

/** One float operand and attributes. */
export function activation<A extends AttributeSpecs>(definition: {
  readonly since: number;
  readonly attributes: A;
  formula(x: number, attributes: AttributeValues<A>): number;
}): Operator<A, Unary> {
  const { since, attributes, formula } = definition;
  return defineOperator({
    since,
    attributes,
    inputs: { x: one() },
    infer: ({ inputs }) => [inputs.x],
    evaluate: call => [elementwise([call.inputs.x], { real: x => formula(x, call.attributes) })],
  });
}

interface BinaryDefinition extends Formula {
  readonly since: number;
  /** Of integer contents that are both known numbers. */
  readonly known?: (a: number, b: number) => number;
}

/** Two operands of one type, broadcast together. */
export function binary({ since, known, ...formula }: BinaryDefinition): Operator<Record<never, never>, Binary> {
  return defineOperator({
    since,
    inputs: { a: one(), b: one() },
    infer: ({ op, inputs: { a, b } }) => [{ dtype: sameDType(op, a, b), shape: broadcastDims(a.shape, b.shape) }],
    propagate: ({ inputs, contents: { a, b } }) => [
      known && !isFloat(inputs.a.dtype) ? zipContents(a, b, known) : undefined,
    ],
    evaluate: ({ inputs: { a, b } }) => [elementwise([a, b], formula)],
  });
}

export function sameDType(op: string, a: ValueType, b: ValueType): DType {
  if (a.dtype !== b.dtype) throw new TypeInferenceError(`${op} of ${describe(a)} and ${describe(b)}`);
  return a.dtype;
}

function zipContents(
  a: Dims | undefined,
  b: Dims | undefined,
  apply: (a: number, b: number) => number,
): Dims | undefined {
  if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => {
    const [x, y] = [a[a.length === 1 ? 0 : index]!, b[b.length === 1 ? 0 : index]!];
    const known = typeof x === 'number' && typeof y === 'number' ? apply(x, y) : Number.NaN;
    // Such as of a division by 0.
    return Number.isSafeInteger(known) ? known : '';
  });
}

/** Two operands of one type, any kind of elements, and a yes or no for each pair. */
export function comparison(definition: {
  readonly since: number;
  compare(a: number | bigint | string, b: number | bigint | string): boolean;
}): Operator<Record<never, never>, Binary> {
  return defineOperator({
    since: definition.since,
    inputs: { a: one(), b: one() },
    infer: ({ op, inputs: { a, b } }) => {
      sameDType(op, a, b);
      return [{ dtype: 'BOOL', shape: broadcastDims(a.shape, b.shape) }];
    },
    evaluate: ({ inputs: { a, b } }) => [zip([a, b], 'BOOL', (x, y) => Number(definition.compare(x, y)))],
  });
}

/** A yes or no for each element. */
export function predicate<A extends AttributeSpecs = Record<never, never>>(definition: {
  readonly since: number;
  readonly attributes?: A;
  test(x: number, attributes: AttributeValues<A>): boolean;
}): Operator<A, Unary> {
  const { since, attributes = {} as A, test } = definition;
  return defineOperator({
    since,
    attributes,
    inputs: { x: one() },
    infer: ({ inputs }) => [{ dtype: 'BOOL', shape: inputs.x.shape }],
    evaluate: call => [zip([call.inputs.x], 'BOOL', (x: number) => Number(test(x, call.attributes)))],
  });
}

/** Any number of operands, broadcast together. */
export function accumulation(
  definition: { readonly since: number } & Formula,
): Operator<Record<never, never>, { readonly inputs: InputSpec<'variadic'> }> {
  return defineOperator({
    since: definition.since,
    inputs: { inputs: variadic() },
    infer: ({ inputs: { inputs } }) => {
      const shape = inputs.reduce((dims, input) => broadcastDims(dims, input.shape), inputs[0]!.shape);
      return [{ dtype: inputs[0]!.dtype, shape }];
    },
    evaluate: ({ inputs: { inputs } }) => [elementwise(inputs as readonly NdArray[], definition)],
  });
}
