// How much memory a run of a model takes, from the types of its values: a walk over the nodes in their order, which is that
// of a sequential execution. A value exists from the node that computes it to the last one that reads it. Not counted are
// the work space of single nodes, and what a runtime saves by computing in place or wastes by the granularity of its arena.

import { byteSizeOf, elementCount, type Tensor } from '@athanor/tensor';
import type { Graph, Model, Node, ValueType } from '../model.js';
import { toTableOpset } from '../opsets/table-opset.js';
import { removeIdentities } from '../passes/remove-identities.js';
import { bodiesOf } from '../rewrite/bodies.js';
import { usedNames } from '../rewrite/used-names.js';
import type { GraphTypes } from '../typing/graph-types.js';
import { inferTypes } from '../typing/infer-types.js';

export interface AssumedSizes {
  /** Of the symbolic sizes of the model's inputs, by name. */
  readonly symbols: Readonly<Record<string, number>>;
  /** Of sizes that no type tells. `depth` is 0 in the main graph, 1 in its bodies, 2 in theirs. */
  unknown(depth: number): number;
}

/** In bytes. */
export interface MemoryNeed {
  readonly inputs: number;
  readonly initializers: number;
  /** The largest sum of computed values that exist at once, the outputs and what bodies compute included. */
  readonly computed: number;
}

/** Throws ModelError for an operator that cannot be converted to the table's operator set. */
export function memoryNeed(model: Model, sizes: AssumedSizes): MemoryNeed {
  // A runtime does not copy for them.
  const graph = removeIdentities(toTableOpset(model).graph);
  const inputs = graph.inputs.map(input => ({
    ...input,
    ...(input.shape && {
      shape: input.shape.map(dim => (typeof dim === 'string' ? (sizes.symbols[dim] ?? dim) : dim)),
    }),
  }));
  const types = inferTypes({ ...graph, inputs });
  const bytesOf = byteCounter(types, sizes, 0);
  return {
    inputs: sum(inputs.map(({ name }) => bytesOf(name))),
    initializers: sum([...graph.initializers.values()].map(tensorBytes)),
    computed: computedBytes(graph, types, { sizes, depth: 0 }),
  };
}

interface Place {
  readonly sizes: AssumedSizes;
  readonly depth: number;
}

/** The largest sum of values of a graph's nodes that exist at once. */
function computedBytes(graph: Graph, types: GraphTypes, { sizes, depth }: Place): number {
  const bytesOf = byteCounter(types, sizes, depth);
  const lastReads = readersOf(graph);
  const alive = new Map<string, number>();
  let [current, largest] = [0, 0];
  for (const [index, node] of graph.nodes.entries()) {
    for (const name of node.outputs.filter(each => each !== '')) {
      alive.set(name, bytesOf(name));
      current += bytesOf(name);
    }
    const bodies = bodiesOf(node).map(body => bodyBytes(body, types.bodies.get(body), { sizes, depth: depth + 1 }));
    largest = Math.max(largest, current + Math.max(0, ...bodies));
    for (const name of [...usedNames(node), ...node.outputs]) {
      if ((lastReads.get(name) ?? index) > index) continue;
      current -= alive.get(name) ?? 0;
      alive.delete(name);
    }
  }
  return largest;
}

/** One iteration: what it was given by the one before, and what it computes. */
function bodyBytes(body: Graph, types: GraphTypes | undefined, place: Place): number {
  if (types === undefined) return 0;
  const bytesOf = byteCounter(types, place.sizes, place.depth);
  return sum(body.inputs.map(({ name }) => bytesOf(name))) + computedBytes(body, types, place);
}

/** The index of the last node that reads a value; infinite for the graph's outputs. */
function readersOf({ nodes, outputs }: Graph): Map<string, number> {
  const last = new Map<string, number>();
  const read = (node: Node, index: number) => {
    for (const name of usedNames(node)) last.set(name, index);
  };
  nodes.forEach(read);
  for (const { name } of outputs) last.set(name, Number.POSITIVE_INFINITY);
  return last;
}

function byteCounter({ values }: GraphTypes, sizes: AssumedSizes, depth: number): (name: string) => number {
  const bytes = ({ dtype, shape }: ValueType) =>
    shape.reduce<number>(
      (count, dim) => count * (typeof dim === 'number' ? dim : sizes.unknown(depth)),
      byteSizeOf(dtype),
    );
  return name => {
    const type = values.get(name);
    return type === undefined ? 0 : bytes(type);
  };
}

const tensorBytes = ({ dtype, shape }: Tensor): number => elementCount(shape) * byteSizeOf(dtype);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
