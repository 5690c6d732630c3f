import type { Graph, Node } from '../model.js';
import { bodiesOf } from './bodies.js';

/** Names that a node reads, including those that its bodies read from outside. */
export function usedNames(node: Node): string[] {
  return [...node.inputs.filter(name => name !== ''), ...bodiesOf(node).flatMap(capturedNames)];
}

/** Names that a body reads from outside. */
export function capturedNames(body: Graph): string[] {
  const own = definedNames(body);
  const used = [...body.nodes.flatMap(usedNames), ...body.outputs.map(({ name }) => name)];
  return used.filter(name => !own.has(name));
}

/** Names of a graph's own inputs, initializers and nodes' outputs, without those of bodies. */
export function definedNames(graph: Graph): Set<string> {
  return new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(node => node.outputs).filter(name => name !== ''),
  ]);
}
