// What a file alone decides about the cost of a run: the turns of loops, and the sizes of tensors made of a constant shape.
// What depends on the data is bounded by the limits of a run.

import { fromOnnxElemType } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import { EXTERNAL } from '../wire/schema.js';
import { elementTypeOf } from './element-types.js';
import type { FileLimits } from './file-limits.js';
import type { FileNode, FileTensor } from './file-schema.js';
import type { Scope } from './scope.js';
import { readInt64s } from './tensor-rules.js';

const MAX_DIMENSIONS = 64;

/** Turns of a node's bodies: those of a Loop with a constant trip count, else 1. Throws ModelError LOOP_TOO_LONG. */
export function tripsOf(node: FileNode, scope: Scope, outerTrips: number, limits: FileLimits): number {
  if (node.opType !== 'Loop') return outerTrips;
  const [count] = constantInt64s(scope.constant(node.input[0])) ?? [];
  if (count === undefined) return outerTrips;
  const trips = outerTrips * Math.max(1, Number(count));
  if (trips > limits.maxLoopTrips) {
    const where = `the loop ${quoted(node.name)}`;
    const nested = outerTrips > 1 ? `, with the loops around it ${trips}` : '';
    throw new ModelError('LOOP_TOO_LONG', `${where} has ${count} turns${nested}; ${limits.maxLoopTrips} are allowed`);
  }
  return trips;
}

/** Throws ModelError TOO_LARGE if the node makes a tensor of a constant shape that is too large. */
export function checkMadeTensor(node: FileNode, scope: Scope, limits: FileLimits): void {
  const input = SHAPE_INPUT[node.opType];
  if (input === undefined) return;
  const dims = constantInt64s(scope.constant(node.input[input]));
  if (dims === undefined) return;
  const value = node.attribute.find(({ name }) => name === 'value')?.t;
  const elements = dims.reduce((product, dim) => product * Number(dim), 1);
  // Without a value ConstantOfShape makes floats; the type that Expand has is not known here, one byte is the least.
  const bits = value ? (elementTypeOf(value.dataType)?.bits ?? 8) : node.opType === 'Expand' ? 8 : 32;
  if ((elements * bits) / 8 > limits.maxConstantBytes) {
    const made = `${node.opType} makes a constant of shape [${dims.join(',')}]`;
    throw new ModelError('TOO_LARGE', `${made}; ${limits.maxConstantBytes} bytes are allowed`);
  }
}

const SHAPE_INPUT: { readonly [op: string]: number | undefined } = { ConstantOfShape: 0, Expand: 1 };

/** The value of a Constant node, as far as the rules here need it. */
export function constantOf(node: FileNode): FileTensor | undefined {
  if (node.opType !== 'Constant' || node.domain !== '') return undefined;
  return node.attribute.find(({ name }) => name === 'value')?.t ?? undefined;
}

function constantInt64s(tensor: FileTensor | undefined): bigint[] | undefined {
  if (tensor === undefined || fromOnnxElemType(tensor.dataType) !== 'INT64' || tensor.dataLocation === EXTERNAL)
    return undefined;
  const values: bigint[] = [];
  for (const value of readInt64s(tensor)) {
    if (values.push(value) > MAX_DIMENSIONS) return undefined;
  }
  return values;
}
