import type { Graph, Node } from '../model.js';
import { bodiesOf, mapBodies } from '../rewrite/bodies.js';
import { substituteInNode } from '../rewrite/substitute.js';
import { definedNames } from '../rewrite/used-names.js';

/**
 * Removes Identity nodes, in bodies too. Outputs of a graph keep their names: the node that makes the value takes over the
 * name, and where none does (an input, a constant, a value from outside of a body) the Identity stays.
 */
export function removeIdentities(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const inBodies = namesInBodies(graph.nodes);
  const made = new Set(graph.nodes.flatMap(node => node.outputs));
  const taken = new Set<string>();
  const substitutions = new Map<string, string>();
  const resolve = (name: string) => substitutions.get(name) ?? name;

  // An output's name first: then every other use of the value reads it under that name.
  for (const node of [...graph.nodes].reverse()) {
    const [from, to] = [node.inputs[0] ?? '', resolve(node.outputs[0] ?? '')];
    if (!isIdentity(node) || !outputs.has(to)) continue;
    const canTakeOver = made.has(from) && !outputs.has(from) && !taken.has(from) && !inBodies.has(to);
    if (!canTakeOver) continue;
    taken.add(from);
    substitutions.set(from, to);
  }
  const renamed = new Map(substitutions);
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const [from, to] = [resolve(node.inputs[0] ?? ''), node.outputs[0] ?? ''];
    if (isIdentity(node) && from === resolve(to)) continue;
    if (isIdentity(node) && !outputs.has(resolve(to))) {
      substitutions.set(to, from);
      continue;
    }
    const read = substituteInNode(node, substitutions);
    nodes.push({ ...read, outputs: read.outputs.map(name => renamed.get(name) ?? name) });
  }
  return { ...graph, nodes: nodes.map(node => mapBodies(node, removeIdentities)) };
}

function isIdentity({ op, domain }: Node): boolean {
  return op === 'Identity' && domain === '';
}

function namesInBodies(nodes: readonly Node[]): Set<string> {
  const bodies = nodes.flatMap(bodiesOf);
  return new Set(bodies.flatMap(body => [...definedNames(body), ...namesInBodies(body.nodes)]));
}
