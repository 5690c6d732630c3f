import type { Attribute, Graph, Node, ValueInfo } from '../model.js';

type Rename = (name: string) => string;

/** Renames every value, also in bodies. `rename` must keep distinct names distinct. */
export function renameValues(graph: Graph, rename: Rename): Graph {
  return {
    name: graph.name,
    inputs: graph.inputs.map(info => renameInfo(info, rename)),
    outputs: graph.outputs.map(info => renameInfo(info, rename)),
    initializers: new Map([...graph.initializers].map(([name, value]) => [rename(name), value])),
    nodes: graph.nodes.map(node => renameNode(node, rename)),
  };
}

/** Adds a prefix to every name that is not kept. */
export function prefixValues(graph: Graph, prefix: string, kept: ReadonlySet<string> = new Set()): Graph {
  return renameValues(graph, name => (kept.has(name) ? name : `${prefix}${name}`));
}

function renameInfo(info: ValueInfo, rename: Rename): ValueInfo {
  return { ...info, name: rename(info.name) };
}

function renameNode(node: Node, rename: Rename): Node {
  // '' stands for an omitted input or output, which has no name to change.
  const renameUsed = (name: string) => (name === '' ? '' : rename(name));
  const attributes = Object.entries(node.attributes).map(([key, attribute]) => {
    return [key, renameAttribute(attribute, rename)] as const;
  });
  return {
    ...node,
    inputs: node.inputs.map(renameUsed),
    outputs: node.outputs.map(renameUsed),
    attributes: Object.fromEntries(attributes),
  };
}

function renameAttribute(attribute: Attribute, rename: Rename): Attribute {
  return attribute.kind === 'graph' ? { kind: 'graph', value: renameValues(attribute.value, rename) } : attribute;
}
