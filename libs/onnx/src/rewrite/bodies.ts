import type { Attribute, Graph, Node } from '../model.js';

/** The graphs of If, Loop and Scan. */
export function bodiesOf({ attributes }: Node): Graph[] {
  return Object.values(attributes).flatMap(attribute => (attribute.kind === 'graph' ? [attribute.value] : []));
}

/** The same node if it has no bodies. */
export function mapBodies(node: Node, change: (body: Graph) => Graph): Node {
  if (!Object.values(node.attributes).some(({ kind }) => kind === 'graph')) return node;
  const entries = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => [
    name,
    attribute.kind === 'graph' ? { kind: 'graph', value: change(attribute.value) } : attribute,
  ]);
  return { ...node, attributes: Object.fromEntries(entries) };
}
