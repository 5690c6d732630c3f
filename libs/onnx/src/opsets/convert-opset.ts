// Converts a model to a newer version of ai.onnx, one operator set after the other. An operator is never reinterpreted: if
// a version of it changed what nodes mean, a step converts them, or the model is refused.

import { versionsOf } from '../check/operator-versions.js';
import { ModelError } from '../errors.js';
import type { Graph, Model, Node } from '../model.js';
import { mapBodies } from '../rewrite/bodies.js';
import type { OpsetStep, StepContext } from './opset-step.js';
import { createContext } from './step-context.js';
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
  let graph = model.irVersion < 4 ? withConstants(model.graph) : model.graph;
  const context = createContext(graph);
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

/**
 * Before IR 4 every initializer had to be an input as well, and was a constant; since then such an input may be fed, and has
 * to be if the initializer is not used.
 */
function withConstants(graph: Graph): Graph {
  return { ...graph, inputs: graph.inputs.filter(({ name }) => !graph.initializers.has(name)) };
}

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
