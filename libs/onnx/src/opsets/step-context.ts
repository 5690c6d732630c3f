import type { Tensor } from '@athanor/tensor';
import type { Graph } from '../model.js';
import { bodiesOf } from '../rewrite/bodies.js';
import { definedNames } from '../rewrite/used-names.js';
import { floatDTypes } from './float-dtypes.js';
import type { StepContext } from './opset-step.js';

/** What steps may ask of the model that is converted. */
export function createContext(graph: Graph): StepContext {
  const taken = allNames(graph);
  const counts = new Map<string, number>();
  const read = readNames(graph);
  const dtypes = floatDTypes(graph, new Map());
  return {
    constants: constantsOf(graph),
    upsampled: new Set(),
    isRead: name => read.has(name),
    dtypeOf: name => dtypes.get(name) ?? 'FP32',
    unique(stem) {
      let name: string;
      do {
        const count = counts.get(stem) ?? 0;
        counts.set(stem, count + 1);
        name = `${stem}_${count}`;
      } while (taken.has(name));
      taken.add(name);
      return name;
    },
  };
}

function constantsOf(graph: Graph, into = new Map<string, Tensor>()): Map<string, Tensor> {
  const fed = new Set(graph.inputs.map(({ name }) => name));
  for (const [name, tensor] of graph.initializers) if (!fed.has(name)) into.set(name, tensor);
  for (const { op, outputs, attributes } of graph.nodes) {
    const { value } = attributes;
    if (op === 'Constant' && value?.kind === 'tensor') into.set(outputs[0] ?? '', value.value);
  }
  for (const node of graph.nodes) for (const body of bodiesOf(node)) constantsOf(body, into);
  return into;
}

function allNames(graph: Graph, into = new Set<string>()): Set<string> {
  for (const name of definedNames(graph)) into.add(name);
  for (const node of graph.nodes) for (const body of bodiesOf(node)) allNames(body, into);
  return into;
}

function readNames({ nodes, outputs }: Graph, into = new Set<string>()): Set<string> {
  for (const { name } of outputs) into.add(name);
  for (const node of nodes) {
    for (const name of node.inputs) into.add(name);
    for (const body of bodiesOf(node)) readNames(body, into);
  }
  // An omitted output has no name.
  into.delete('');
  return into;
}
