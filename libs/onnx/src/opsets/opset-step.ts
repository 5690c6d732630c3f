// How nodes of one operator set are written in the next. A step says only what an operator's new version changed; the
// names of values stay.

import { type FloatDType, int64, scalar, type Tensor, toOnnxElemType } from '@athanor/tensor';
import { int } from '../attribute.js';
import { ModelError } from '../errors.js';
import type { Attributes, Node } from '../model.js';

export interface OpsetStep {
  readonly from: number;
  readonly to: number;
  /** By operator of ai.onnx. */
  readonly converters: Readonly<Record<string, Converter>>;
}

/** The nodes that compute in the new operator set what a node computed in the old one. Throws ModelError. */
export type Converter = (node: Node, context: StepContext) => readonly Node[];

export interface StepContext {
  /** A name that the model does not use. */
  unique(stem: string): string;
  /** The type of a float value, where it follows from inputs, constants and casts; else FP32. */
  dtypeOf(name: string): FloatDType;
  /** Tensors that are known before a run. */
  readonly constants: Map<string, Tensor>;
  /** Whether a node, a body or the model reads a value. */
  isRead(name: string): boolean;
  /** Outputs of nodes that were an Upsample. */
  readonly upsampled: Set<string>;
}

/** A Constant node and the name of its value. */
export function constantNode(context: StepContext, stem: string, value: Tensor): readonly [string, Node] {
  const name = context.unique(stem);
  context.constants.set(name, value);
  const attributes = { value: { kind: 'tensor', value } } as const;
  return [name, { op: 'Constant', domain: '', name: '', inputs: [], outputs: [name], attributes }];
}

export function intsNode(
  context: StepContext,
  stem: string,
  values: readonly (number | bigint)[],
): readonly [string, Node] {
  return constantNode(context, stem, int64([values.length], values));
}

export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

/** A scalar of a float type, and the nodes that make it. */
export function floatNodes(
  context: StepContext,
  stem: string,
  { value, dtype }: { readonly value: number; readonly dtype: FloatDType },
): readonly [string, readonly Node[]] {
  const [name, constant] = constantNode(context, stem, scalar('FP32', value));
  if (dtype === 'FP32') return [name, [constant]];
  const cast = context.unique(stem);
  const attributes = { to: int(toOnnxElemType(dtype)) };
  return [cast, [constant, { op: 'Cast', domain: '', name: '', inputs: [name], outputs: [cast], attributes }]];
}

/** A list of ints becomes the input at a position. The node stays as it is without the attribute. */
export function intsToInput(attribute: string, position: number): Converter {
  return (node, context) => {
    const given = node.attributes[attribute];
    const attributes = without(node.attributes, attribute);
    if (given?.kind !== 'ints') return [{ ...node, attributes }];
    const [name, constant] = intsNode(context, attribute, given.value);
    const inputs = Array.from({ length: position }, (_, index) => node.inputs[index] ?? '');
    return [constant, { ...node, attributes, inputs: [...inputs, name] }];
  };
}

/** The schema changed, but not what a node means. */
export const unchanged: Converter = node => [node];

export function cannotConvert({ op, outputs }: Node, reason: string): ModelError {
  return new ModelError(
    'UNSUPPORTED_FEATURE',
    `${op} that makes "${outputs.join('", "')}" cannot be converted: ${reason}`,
  );
}

/** Reshapes a result back to the shape of a value. */
export function reshapedLike(context: StepContext, [from, like, to]: readonly [string, string, string]): Node[] {
  const shape = context.unique(`${to}_shape`);
  const node = (op: string, inputs: string[], output: string): Node => ({
    op,
    domain: '',
    name: '',
    inputs,
    outputs: [output],
    attributes: {},
  });
  return [node('Shape', [like], shape), node('Reshape', [from, shape], to)];
}
