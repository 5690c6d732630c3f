import type { Graph, Node } from '../model.js';

/** Removes the nodes and initializers that no output depends on. */
export function pruneGraph(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const kept: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some(name => needed.has(name))) continue;
    kept.push(node);
    for (const name of usedNames(node)) needed.add(name);
  }
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  return { ...graph, nodes: kept.reverse(), initializers };
}

/** Names that a node reads, including those that its bodies read from outside. */
export function usedNames(node: Node): string[] {
  const names = node.inputs.filter(name => name !== '');
  for (const attribute of Object.values(node.attributes)) {
    if (attribute.kind === 'graph') names.push(...outerNames(attribute.value));
  }
  return names;
}

function outerNames(body: Graph): string[] {
  const own = new Set([
    ...body.inputs.map(({ name }) => name),
    ...body.initializers.keys(),
    ...body.nodes.flatMap(node => node.outputs),
  ]);
  const used = [...body.nodes.flatMap(usedNames), ...body.outputs.map(({ name }) => name)];
  return used.filter(name => !own.has(name));
}
