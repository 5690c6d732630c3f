// Reverse mode: walks the tape of a graph builder backwards from the seeds and adds the gradient nodes to the same
// graph. Only nodes between a requested value and a seed are visited, so data preparation needs no gradient rules.

import type { GraphBuilder, Node, Value } from '@athanor/onnx';
import { add } from './emit.js';
import { GradientError, MissingGradientError } from './errors.js';
import type { Call, GradientRule } from './gradient-rule.js';
import { GRADIENT_RULES, isDifferentiable } from './gradient-table.js';
import type { DifferentiableOp } from './operators.js';

/** A value that the loss depends on directly, with d loss / d value. */
export interface GradientSeed {
  readonly value: Value;
  readonly gradient: Value;
}

/**
 * d loss / d value for each of `wanted`, in order. Throws MissingGradientError for an operator without a rule,
 * GradientError if the loss does not depend on a value.
 */
export function gradients(g: GraphBuilder, seeds: readonly GradientSeed[], wanted: readonly Value[]): Value[] {
  const tape = [...g.nodes()];
  const dependent = dependentNames(tape, wanted);
  const arrived = new Map<string, Value>();
  for (const { value, gradient } of seeds) accumulate(g, arrived, value.name, gradient);
  for (const node of tape.reverse()) {
    const onPath = node.inputs.some(name => dependent.has(name)) && node.outputs.some(name => arrived.has(name));
    if (!onPath) continue;
    const inputGradients = differentiate(g, node, arrived, dependent);
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

// A shape says nothing of the values.
const SHAPE_OPS: ReadonlySet<string> = new Set(['Shape', 'Size']);

function dependentNames(tape: readonly Node[], wanted: readonly Value[]): Set<string> {
  const names = new Set(wanted.map(value => value.name));
  for (const node of tape) {
    if (SHAPE_OPS.has(node.op)) continue;
    if (node.inputs.some(name => names.has(name))) for (const output of node.outputs) names.add(output);
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
  arrived: ReadonlyMap<string, Value>,
  dependent: ReadonlySet<string>,
): readonly (Value | undefined)[] {
  const { op, attributes } = node;
  if (!isDifferentiable(op, node.domain)) throw new MissingGradientError(node);
  // The table pairs each operator with the rule of the same operator; TypeScript cannot see that through a union.
  const rule = GRADIENT_RULES[op] as GradientRule<DifferentiableOp>;
  const call: Call = {
    g,
    op,
    inputs: node.inputs.map(name => (name === '' ? undefined : g.value(name))) as unknown as Call['inputs'],
    outputs: node.outputs.map(name => g.value(name)),
    attributes,
    outputGradients: node.outputs.map(name => arrived.get(name)),
    wanted: node.inputs.map(name => dependent.has(name)),
    constantInts: value => {
      const tensor = value && g.constantOf(value.name);
      return tensor?.dtype === 'INT64' || tensor?.dtype === 'INT32' ? Array.from(tensor.data, Number) : undefined;
    },
  };
  try {
    return rule(call);
  } catch (cause) {
    if (!(cause instanceof GradientError)) throw cause;
    throw new MissingGradientError(node, `cannot be differentiated: ${cause.message}`);
  }
}
