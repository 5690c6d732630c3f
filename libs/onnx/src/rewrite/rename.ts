import type { Graph, Node, ValueInfo } from '../model.js';
import { mapBodies } from './bodies.js';

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
  const renamed = { ...node, inputs: node.inputs.map(renameUsed), outputs: node.outputs.map(renameUsed) };
  return mapBodies(renamed, body => renameValues(body, rename));
}
