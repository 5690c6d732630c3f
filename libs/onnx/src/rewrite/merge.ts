import { ModelError } from '../errors.js';
import type { Graph, Model } from '../model.js';
import { removeDeadCode } from '../passes/remove-dead-code.js';
import { renameValues } from './rename.js';

/** For each connected input of the second model, the output of the first that feeds it. */
export type Connections = Readonly<Record<string, string>>;

/**
 * Fuses two models into one, such as preprocessing with a network: the second reads the first's outputs. The result has
 * the first's inputs, the second's unconnected inputs, and the second's outputs. Inner names are prefixed `first/` and
 * `second/`. Throws ModelError if the models do not fit together.
 */
export function mergeModels(first: Model, second: Model, connections: Connections): Model {
  assertSameOpsets(first, second);
  const free = second.graph.inputs.filter(({ name }) => !Object.hasOwn(connections, name));
  assertDistinct([...first.graph.inputs, ...free, ...second.graph.outputs].map(({ name }) => name));
  const a = renameInner(first.graph, 'first/', first.graph.inputs);
  const b = renameInner(second.graph, 'second/', [...free, ...second.graph.outputs]);
  const feeds = new Map<string, string>();
  for (const [input, output] of Object.entries(connections)) {
    const [from, to] = [indexOf(first.graph.outputs, output), indexOf(second.graph.inputs, input)];
    feeds.set(b.inputs[to]!.name, a.outputs[from]!.name);
  }
  const connected = renameValues(b, name => feeds.get(name) ?? name);
  const graph: Graph = {
    name: second.graph.name,
    inputs: [...a.inputs, ...connected.inputs.filter(({ name }) => !a.outputs.some(output => output.name === name))],
    outputs: connected.outputs,
    initializers: new Map([...a.initializers, ...connected.initializers]),
    nodes: [...a.nodes, ...connected.nodes],
  };
  return {
    ...first,
    irVersion: Math.max(first.irVersion, second.irVersion),
    opsets: { ...first.opsets, ...second.opsets },
    graph: removeDeadCode(graph),
  };
}

function renameInner(graph: Graph, prefix: string, kept: readonly { readonly name: string }[]): Graph {
  const names = new Set(kept.map(({ name }) => name));
  return renameValues(graph, name => (names.has(name) ? name : `${prefix}${name}`));
}

function indexOf(values: readonly { readonly name: string }[], name: string): number {
  const index = values.findIndex(value => value.name === name);
  if (index < 0) {
    const known = values.map(value => `"${value.name}"`).join(', ');
    throw new ModelError('UNDEFINED_VALUE', `expected one of ${known} to connect, received "${name}"`);
  }
  return index;
}

// Inputs and outputs keep their names, so these must be distinct.
function assertDistinct(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ModelError('DUPLICATE_VALUE', `both models have "${twice}"; rename one`);
}

function assertSameOpsets(first: Model, second: Model): void {
  for (const [domain, version] of Object.entries(first.opsets)) {
    const other = second.opsets[domain] ?? version;
    if (other !== version) {
      const where = domain || 'ai.onnx';
      throw new ModelError(
        'UNSUPPORTED_FEATURE',
        `${where} is at opset ${version} in one model, ${other} in the other`,
      );
    }
  }
}
