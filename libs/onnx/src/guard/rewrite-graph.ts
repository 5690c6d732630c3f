// What rewriting of a boundary does to a graph.

import { canonicalDomain } from '../wire/domain.js';
import { bodiesOf, type FileAttribute, type FileGraph, type FileModel, type FileNode } from './file-schema.js';

// For a file of ai.onnx.ml alone, which is given nodes of ai.onnx.
const ADDED_OPSET = 13;

/** Nodes of ai.onnx may be added after this. */
export function useDefaultDomain(model: FileModel): void {
  const hasDefaultDomain = model.opsetImport.some(({ domain }) => canonicalDomain(domain) === '');
  if (!hasDefaultDomain) model.opsetImport.push({ domain: '', version: ADDED_OPSET });
}

// `value_info` may state the type that the name had before.
export function forgetType(graph: FileGraph, name: string): void {
  graph.valueInfo = graph.valueInfo.filter(info => info.name !== name);
}

export function newNode(opType: string, input: string[], output: string, attribute: FileAttribute[] = []): FileNode {
  return {
    opType,
    domain: '',
    overload: '',
    name: `athanor/${opType}/${output}`,
    input,
    output: [output],
    attribute,
  };
}

/** In the nodes of a graph and of their bodies, which see its names and do not define them again. */
export function renameInNodes(graph: FileGraph, from: string, to: string): void {
  const renamed = (name: string) => (name === from ? to : name);
  for (const tensor of graph.initializer) tensor.name = renamed(tensor.name);
  for (const node of graph.node) {
    node.input = node.input.map(renamed);
    node.output = node.output.map(renamed);
    for (const body of node.attribute.flatMap(bodiesOf)) {
      renameInNodes(body, from, to);
      for (const output of body.output) output.name = renamed(output.name);
    }
  }
}

/** Names that nothing in a graph has. */
export class Names {
  readonly #taken = new Set<string>();

  constructor(graph: FileGraph) {
    this.#collect(graph);
  }

  fresh(name: string, suffix: string): string {
    let candidate = `${name}/${suffix}`;
    while (this.#taken.has(candidate)) candidate += '_';
    this.#taken.add(candidate);
    return candidate;
  }

  #collect(graph: FileGraph): void {
    for (const { name } of [...graph.input, ...graph.initializer]) this.#taken.add(name);
    for (const node of graph.node) {
      for (const name of node.output) this.#taken.add(name);
      for (const body of node.attribute.flatMap(bodiesOf)) this.#collect(body);
    }
  }
}
