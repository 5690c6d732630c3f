// Types of If, Loop and Scan: those of their bodies, merged or iterated until they no longer change.

import { normalizeAxis } from '@athanor/tensor';
import { intOf, intsOf } from '../attribute.js';
import { TypeInferenceError } from '../errors.js';
import type { Dim, Graph, Node, ValueType } from '../model.js';
import { describe } from '../operators/dims.js';
import type { KnownValue } from '../operators/operator.js';
import type { GraphTypes } from './graph-types.js';

interface BodyScope {
  find(name: string): KnownValue | undefined;
  infer(body: Graph, inputs: ReadonlyMap<string, ValueType>): GraphTypes;
}

type Rule = (node: Node, inputs: readonly (KnownValue | undefined)[], scope: BodyScope) => ValueType[];

const ITERATION: ValueType = { dtype: 'INT64', shape: [] };
const CONDITION: ValueType = { dtype: 'BOOL', shape: [] };

/** Each size can become unknown once. */
const MAX_ROUNDS = 64;

const ifRule: Rule = (node, _, scope) => {
  const [first, second] = ['then_branch', 'else_branch'].map(name => {
    const body = bodyOf(node, name);
    return outputTypes(body, scope.infer(body, new Map()), scope);
  });
  return first!.map((type, index) => merge(node.op, type, second![index]));
};

const loopRule: Rule = (node, inputs, scope) => {
  const body = bodyOf(node, 'body');
  const initial = inputs.slice(2).map(input => present(node, input).type);
  const results = settle(node, initial, carried => {
    const types = outputTypes(body, scope.infer(body, bind(body, [ITERATION, CONDITION, ...carried])), scope);
    return types.slice(1);
  });
  const scanned = results.slice(initial.length).map(({ dtype, shape }) => ({ dtype, shape: ['', ...shape] }));
  return [...results.slice(0, initial.length), ...scanned];
};

const scanRule: Rule = (node, inputs, scope) => {
  const body = bodyOf(node, 'body');
  const sequences = intOf(node.attributes, 'num_scan_inputs', 0);
  const types = inputs.map(input => present(node, input).type);
  if (sequences < 1 || sequences > types.length)
    throw new TypeInferenceError(`${node.op} has ${sequences} scan inputs`);
  const states = types.slice(0, types.length - sequences);
  const scanned = types.slice(states.length);
  const axes = axesOf(
    node,
    'scan_input_axes',
    scanned.map(({ shape }) => shape.length),
  );
  const elements = scanned.map(({ dtype, shape }, index) => ({ dtype, shape: shape.toSpliced(axes[index]!, 1) }));
  const length = scanned.map(({ shape }, index) => shape[axes[index]!]!).find(dim => dim !== '') ?? '';
  const results = settle(node, states, carried =>
    outputTypes(body, scope.infer(body, bind(body, [...carried, ...elements])), scope),
  );
  const stacked = results.slice(states.length);
  const outputAxes = axesOf(
    node,
    'scan_output_axes',
    stacked.map(({ shape }) => shape.length + 1),
  );
  return [
    ...results.slice(0, states.length),
    ...stacked.map(({ dtype, shape }, index) => ({ dtype, shape: shape.toSpliced(outputAxes[index]!, 0, length) })),
  ];
};

export const CONTROL_FLOW = { If: ifRule, Loop: loopRule, Scan: scanRule } as const;

export function isControlFlow(op: string): op is keyof typeof CONTROL_FLOW {
  return Object.hasOwn(CONTROL_FLOW, op);
}

function bodyOf({ op, attributes }: Node, name: string): Graph {
  const attribute = attributes[name];
  if (attribute?.kind === 'graph') return attribute.value;
  throw new TypeInferenceError(`${op} needs the attribute "${name}", a graph`);
}

function present({ op }: Node, input: KnownValue | undefined): KnownValue {
  if (input) return input;
  throw new TypeInferenceError(`${op} omits an input that its body has`);
}

function bind({ inputs }: Graph, types: readonly ValueType[]): Map<string, ValueType> {
  if (inputs.length !== types.length) {
    throw new TypeInferenceError(`a body has ${inputs.length} inputs, ${types.length} are given to it`);
  }
  return new Map(inputs.map(({ name }, index) => [name, types[index]!]));
}

function outputTypes({ outputs }: Graph, { values, untyped }: GraphTypes, scope: BodyScope): ValueType[] {
  return outputs.map(({ name }) => {
    const type = values.get(name) ?? scope.find(name)?.type;
    if (type) return type;
    const [cause] = untyped;
    const reason = cause ? `: ${cause.op}: ${cause.reason}` : '';
    throw new TypeInferenceError(`the output ${JSON.stringify(name)} of a body has no type${reason}`);
  });
}

/** Runs a body with types that hold for each iteration: a size that an iteration changes is unknown. */
function settle(
  { op }: Node,
  initial: readonly ValueType[],
  run: (carried: readonly ValueType[]) => readonly ValueType[],
): ValueType[] {
  let carried = initial;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const results = run(carried);
    const next = carried.map((type, index) => merge(op, type, results[index]));
    if (next.every((type, index) => sameDims(type.shape, carried[index]!.shape))) {
      return [...next, ...results.slice(carried.length)];
    }
    carried = next;
  }
  throw new TypeInferenceError(`the types that ${op} carries do not settle`);
}

/** What holds for both: a size that differs is unknown. */
function merge(op: string, a: ValueType, b: ValueType | undefined): ValueType {
  if (!b || a.dtype !== b.dtype || a.shape.length !== b.shape.length) {
    throw new TypeInferenceError(`${op} has ${describe(a)} or ${b ? describe(b) : 'nothing'}`);
  }
  return { dtype: a.dtype, shape: a.shape.map((dim, axis): Dim => (dim === b.shape[axis] ? dim : '')) };
}

function sameDims(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.every((dim, axis) => dim === b[axis]);
}

function axesOf({ attributes }: Node, name: string, ranks: readonly number[]): number[] {
  const axes = intsOf(attributes, name);
  return ranks.map((rank, index) => normalizeAxis(axes?.[index] ?? 0, rank));
}
