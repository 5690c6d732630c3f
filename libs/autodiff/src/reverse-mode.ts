// Reverse mode: walks the tape of a graph builder backwards from the seeds and adds the gradient nodes to the same
// graph. Only nodes between a requested value and a seed are visited, so data preparation needs no gradient rules.

import {
  bindInputs,
  type GraphBuilder,
  inOrder,
  isOperator,
  mapInputs,
  type Node,
  OPERATORS,
  type OperatorName,
  readAttributes,
  usedNames,
  type Value,
} from '@athanor/onnx';
import { add, zerosLike } from './emit.js';
import { GradientError, MissingGradientError } from './errors.js';
import type { Gradient, GradientCall, Provider } from './gradients/gradient.js';
import { GRADIENTS, isConstant, isUnsupported } from './gradients/table.js';

/** A value that the loss depends on directly, with d loss / d value. */
export interface GradientSeed {
  readonly value: Value;
  readonly gradient: Value;
}

export interface GradientOptions {
  /** Where the graph will run: rules may have a faster form there. */
  readonly provider?: Provider | undefined;
}

interface Progress {
  /** Gradients so far, by the name of the value. */
  readonly arrived: ReadonlyMap<string, Value>;
  readonly dependent: ReadonlySet<string>;
  readonly provider: Provider | undefined;
}

/**
 * d loss / d value for each of `wanted`, in order. Throws MissingGradientError for an operator without a rule,
 * GradientError if the loss does not depend on a value.
 */
export function gradients(
  g: GraphBuilder,
  seeds: readonly GradientSeed[],
  wanted: readonly Value[],
  { provider }: GradientOptions = {},
): Value[] {
  const tape = [...g.nodes()];
  const dependent = dependentNames(tape, wanted);
  const arrived = new Map<string, Value>();
  for (const { value, gradient } of seeds) accumulate(g, arrived, value.name, gradient);
  for (const node of tape.reverse()) {
    const onPath = node.outputs.some(name => arrived.has(name) && dependent.has(name));
    if (!onPath) continue;
    const inputGradients = differentiate(g, node, { arrived, dependent, provider });
    node.inputs.forEach((name, index) => {
      const gradient = inputGradients[index];
      if (dependent.has(name) && gradient) accumulate(g, arrived, name, gradient);
    });
  }
  return wanted.map(value => {
    const gradient = arrived.get(value.name);
    if (!gradient) throw new GradientError(`the loss does not depend on "${value.name}"`);
    return gradient;
  });
}

// Values that depend on `wanted` in a way that has a gradient: a shape says nothing of the values, a comparison is constant
// between jumps. An operator that is not in the table counts, so that it is reported and not passed over.
function dependentNames(tape: readonly Node[], wanted: readonly Value[]): Set<string> {
  const names = new Set(wanted.map(value => value.name));
  for (const node of tape) {
    if (isOperator(node.op, node.domain) && isConstant(GRADIENTS[node.op])) continue;
    // Including what the bodies of control flow read from outside.
    if (usedNames(node).some(name => names.has(name))) for (const output of node.outputs) names.add(output);
  }
  return names;
}

// Gradients of a value that is used several times are added.
function accumulate(g: GraphBuilder, arrived: Map<string, Value>, name: string, gradient: Value): void {
  const before = arrived.get(name);
  arrived.set(name, before ? add(g, before, gradient) : gradient);
}

function differentiate(
  g: GraphBuilder,
  node: Node,
  { arrived, dependent, provider }: Progress,
): readonly (Value | undefined)[] {
  const { op, domain } = node;
  const gradient = isOperator(op, domain) ? (GRADIENTS[op] as Gradient) : undefined;
  if (gradient === undefined || isUnsupported(gradient)) throw new MissingGradientError(node);
  const rule = (provider && gradient.lowerings?.[provider]) ?? gradient.backward;
  try {
    const named = rule(gradientCall(g, node, { arrived, dependent }));
    return inOrder(OPERATORS[gradient.op].inputs, node.inputs.length, named);
  } catch (cause) {
    if (!(cause instanceof GradientError)) throw cause;
    throw new MissingGradientError(node, `cannot be differentiated: ${cause.message}`);
  }
}

function gradientCall(g: GraphBuilder, node: Node, { arrived, dependent }: Omit<Progress, 'provider'>): GradientCall {
  const op = node.op as OperatorName;
  const { inputs: specs, attributes } = OPERATORS[op];
  const present = node.inputs.map(name => (name === '' ? undefined : g.value(name)));
  const outputs = node.outputs.map(name => g.value(name));
  const outputGradients = node.outputs.map(name => arrived.get(name));
  const inputs = bindInputs(op, specs, present);
  return {
    g,
    op,
    inputs: inputs as never,
    outputs,
    attributes: readAttributes(op, attributes, node.attributes) as never,
    outputGradients,
    get dy() {
      return outputGradients[0] ?? zerosLike(g, outputs[0]!);
    },
    wanted: mapInputs(inputs, value => dependent.has(value.name)) as never,
    contents: mapInputs(inputs, value => g.contentsOf(value.name)) as never,
  };
}
