// Converts a model to a newer version of ai.onnx, one operator set after the other. An operator is never reinterpreted: if
// a version of it changed what nodes mean, a step converts them, or the model is refused.

import type { Tensor } from '@athanor/tensor';
import { versionsOf } from '../check/operator-versions.js';
import { ModelError } from '../errors.js';
import type { Graph, Model, Node } from '../model.js';
import { bodiesOf, mapBodies } from '../rewrite/bodies.js';
import { definedNames } from '../rewrite/used-names.js';
import { floatDTypes } from './float-dtypes.js';
import type { OpsetStep, StepContext } from './opset-step.js';
import { STEPS } from './steps.js';

/** Opset 7 changed the meaning of broadcasting, which cannot be told from a node alone. */
const OLDEST = 7;
const NEWEST = 23;

/** Throws ModelError for a version outside of 7 to 23, an older target, or an operator that cannot be converted. */
export function convertOpset(model: Model, target: number): Model {
  const version = model.opsets[''];
  if (version === target) return model;
  if (version === undefined || version < OLDEST || version > target || target > NEWEST) {
    const expected = `expected an ai.onnx opset from ${OLDEST} to convert to ${target}, at most ${NEWEST}`;
    throw new ModelError('UNSUPPORTED_FEATURE', `${expected}, received ${version ?? 'none'}`);
  }
  const context = createContext(model.graph);
  let { graph } = model;
  for (let from = version; from < target; from++) graph = stepGraph(graph, from + 1, context);
  const irVersion = Math.max(model.irVersion, IR_VERSIONS[target] ?? IR_VERSIONS[NEWEST]!);
  return { ...model, irVersion, opsets: { ...model.opsets, '': target }, graph };
}

// Versioning.md, "Released Versions": the IR version that came with an operator set.
const IR_VERSIONS: { readonly [opset: number]: number } = {
  8: 3,
  9: 4,
  10: 5,
  11: 6,
  12: 7,
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
};

function stepGraph(graph: Graph, to: number, context: StepContext): Graph {
  const step = STEPS.find(each => each.to === to);
  const nodes = graph.nodes.flatMap(node => {
    const converted = mapBodies(node, body => stepGraph(body, to, context));
    return node.domain === '' ? convertNode(converted, to, { step, context }) : [converted];
  });
  return { ...graph, nodes };
}

function convertNode(
  node: Node,
  to: number,
  { step, context }: { readonly step: OpsetStep | undefined; readonly context: StepContext },
): readonly Node[] {
  const converters = step?.converters ?? {};
  if (Object.hasOwn(converters, node.op)) return converters[node.op]!(node, context);
  const versions = versionsOf('', node.op);
  if (versions === undefined) throw new ModelError('UNKNOWN_OPERATOR', `ai.onnx has no operator ${node.op}`);
  if (!versions.includes(-to)) return [node];
  throw new ModelError('UNSUPPORTED_FEATURE', `ai.onnx ${node.op} changed in opset ${to}, and no step converts it`);
}

function createContext(graph: Graph): StepContext {
  const taken = allNames(graph);
  const counts = new Map<string, number>();
  const dtypes = floatDTypes(graph, new Map());
  return {
    constants: constantsOf(graph),
    upsampled: new Set(),
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
