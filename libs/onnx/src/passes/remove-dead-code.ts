import type { Graph, Node } from '../model.js';
import { mapBodies } from '../rewrite/bodies.js';
import { usedNames } from '../rewrite/used-names.js';

/** Removes the nodes and initializers that no output depends on, in bodies too. */
export function removeDeadCode(graph: Graph): Graph {
  // An initializer that is an input is its default: without it the input would have to be fed.
  const needed = new Set([...graph.outputs, ...graph.inputs].map(({ name }) => name));
  const kept: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some(name => needed.has(name))) continue;
    // First its bodies: what only dead code in them reads is not needed here.
    const live = mapBodies(node, removeDeadCode);
    kept.push(live);
    for (const name of usedNames(live)) needed.add(name);
  }
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  return { ...graph, nodes: kept.reverse(), initializers };
}
