import type { Graph, Node } from '../model.js';
import { mapBodies } from './bodies.js';
import { definedNames } from './used-names.js';

/** What a value is replaced by. */
export type Substitutions = ReadonlyMap<string, string>;

/** Reads other values in the node and its bodies; names that a body defines are its own. */
export function substituteInNode(node: Node, substitutions: Substitutions): Node {
  if (substitutions.size === 0) return node;
  const inputs = node.inputs.map(name => substitutions.get(name) ?? name);
  return mapBodies({ ...node, inputs }, body => substituteInBody(body, substitutions));
}

function substituteInBody(body: Graph, substitutions: Substitutions): Graph {
  const own = definedNames(body);
  const outer = new Map([...substitutions].filter(([name]) => !own.has(name)));
  return {
    ...body,
    nodes: body.nodes.map(node => substituteInNode(node, outer)),
    outputs: body.outputs.map(output => ({ ...output, name: outer.get(output.name) ?? output.name })),
  };
}
