// Inputs and outputs that are served in another shape than the file's, as `reshape` of Triton's config.pbtxt says: a node
// Reshape behind or in front makes it part of the graph.

import { toOnnxElemType } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import type { WireDim } from '../wire/schema.js';
import { readDim, requiredInputs } from './boundary.js';
import type { FileGraph, FileModel, FileTensor, FileValueInfo } from './file-schema.js';
import { forgetType, Names, newNode, renameInNodes, useDefaultDomain } from './rewrite-graph.js';

/** Sizes without the batch; at most one of each is -1: what the others leave. */
export interface BoundaryReshape {
  readonly role: 'input' | 'output';
  readonly name: string;
  /** As requests and answers have it. */
  readonly dims: readonly number[];
  /** As the file has it. */
  readonly shape: readonly number[];
  /** The first axis of the file's shape is the batch, and stays. */
  readonly isBatched: boolean;
}

/** Changes `model`. @returns a sentence for each. @throws ModelError RESHAPE for one that the file contradicts. */
export function reshapeBoundary(model: FileModel, reshapes: readonly BoundaryReshape[]): string[] {
  if (reshapes.length === 0) return [];
  const graph = model.graph!;
  const names = new Names(graph);
  useDefaultDomain(model);
  return reshapes.map(reshape => {
    const value = findValue(graph, reshape);
    const batch = checkShape(value, reshape);
    const { role, name, dims, shape, isBatched } = reshape;
    const inner = names.fresh(name, 'reshaped');
    renameInNodes(graph, name, inner);
    const target = names.fresh(name, 'shape');
    // A zero copies the size of the same axis.
    graph.initializer.push(sizes(target, [...(isBatched ? [0] : []), ...(role === 'input' ? shape : dims)]));
    if (role === 'input') graph.node.unshift(newNode('Reshape', [name, target], inner));
    else graph.node.push(newNode('Reshape', [inner, target], name));
    const outer = dims.map((size): WireDim => (size < 0 ? {} : { dimValue: size }));
    value.type!.tensorType!.shape = { dim: [...batch, ...outer] };
    forgetType(graph, name);
    return `${role} ${quoted(name)} is served as [${dims.join(',')}] and reshaped to [${shape.join(',')}], as config.pbtxt says`;
  });
}

function findValue(graph: FileGraph, { role, name }: BoundaryReshape): FileValueInfo {
  const known = role === 'input' ? requiredInputs(graph) : graph.output;
  const value = known.find(each => each.name === name);
  if (value === undefined) {
    const has = known.map(each => quoted(each.name)).join(', ');
    throw new ModelError('RESHAPE', `reshape of ${role} ${quoted(name)}, the model has ${has || 'none'}`);
  }
  if (role === 'output' && graph.input.some(each => each.name === name))
    throw new ModelError('RESHAPE', `${quoted(name)} is an input and an output; reshape only one of two names`);
  return value;
}

/** @returns the batch axis of the file, if it has one. */
function checkShape({ type }: FileValueInfo, { role, name, dims, shape, isBatched }: BoundaryReshape): WireDim[] {
  const where = `reshape of ${role} ${quoted(name)}`;
  const declared = type?.tensorType?.shape?.dim;
  if (declared === undefined) throw new ModelError('RESHAPE', `${where}: the file does not state its shape`);
  const inFile = isBatched ? declared.slice(1) : declared;
  const fixed = inFile.map(readDim).map(size => (typeof size === 'number' && size >= 0 ? size : -1));
  const fits = fixed.length === shape.length && fixed.every((size, axis) => size < 0 || size === shape[axis]);
  if (!fits) throw new ModelError('RESHAPE', `${where} to [${shape.join(',')}], the file has [${fixed.join(',')}]`);
  for (const list of [dims, shape])
    if (list.filter(size => size < 0).length > 1)
      throw new ModelError('RESHAPE', `${where}: [${list.join(',')}] has more than one variable size`);
  const [outside, inside] = [dims, shape].map(list => (list.some(size => size < 0) ? -1 : product(list)));
  if (outside !== inside) {
    const counts = `[${dims.join(',')}] and [${shape.join(',')}] have different numbers of elements`;
    throw new ModelError('RESHAPE', `${where}: ${counts}`);
  }
  return isBatched ? declared.slice(0, 1) : [];
}

const product = (list: readonly number[]): number => list.reduce((all, size) => all * size, 1);

function sizes(name: string, values: readonly number[]): FileTensor {
  const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const chunks = { floatData: [], int32Data: [], int64Data: [], doubleData: [], uint64Data: [], stringData: [] };
  const tensor = { name, dataType: toOnnxElemType('INT64'), dims: [values.length], rawData };
  return { ...tensor, ...chunks, externalData: [], dataLocation: 0 };
}
