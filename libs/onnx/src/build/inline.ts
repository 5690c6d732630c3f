import { ModelError } from '../errors.js';
import type { Graph, Value } from '../model.js';
import type { GraphBuilder } from './graph-builder.js';

/**
 * Adds the nodes of a finished graph to a builder, with types inferred again, so that it can be differentiated or
 * extended. `bindings` gives the values of its inputs; a bound initializer becomes that value instead of a constant (a
 * weight to be trained). Other initializers become shared constants of the outermost graph, so that no Loop copies them.
 * Returns the outputs by name. Throws TypeInferenceError for operators that the builder cannot type.
 */
export function inlineGraph(
  g: GraphBuilder,
  graph: Graph,
  bindings: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const values = new Map(bindings);
  for (const [name, tensor] of graph.initializers) {
    if (!values.has(name)) values.set(name, g.constant(tensor, name));
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(name => (name === '' ? undefined : resolve(values, name)));
    const { op, domain, attributes } = node;
    const outputs = g.node(op, inputs, node.outputs.length, { domain, attributes });
    node.outputs.forEach((name, index) => {
      values.set(name, outputs[index]!);
    });
  }
  return new Map(graph.outputs.map(({ name }) => [name, resolve(values, name)]));
}

function resolve(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (!value) throw new ModelError('UNDEFINED_VALUE', `"${name}" is neither bound nor defined`);
  return value;
}
