// An imported graph in the form in which it is trained further: the operators of our table, as they are in inference, and
// weights as initializers.

import {
  foldIntegers,
  type Graph,
  type Model,
  ModelError,
  type Node,
  removeDeadCode,
  removeIdentities,
  TypeInferenceError,
  toTableOpset,
  type ValueType,
} from '@athanor/onnx';
import { elementCount, type Tensor } from '@athanor/tensor';

/** An imported model that cannot be trained further. */
export class UnsupportedBase extends Error {
  override readonly name = 'UnsupportedBase';
}

/** Operators that multiply their first input with a matrix, the second one. */
const PRODUCTS: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose']);

export const isProduct = ({ op, domain }: Node): boolean => domain === '' && PRODUCTS.has(op);

/** Throws UnsupportedBase. */
export function baseGraph(model: Model): Graph {
  return explained(() => {
    const { graph } = toTableOpset(model);
    const { nodes, initializers, inputs } = graph;
    const lifted = new Map([...initializers, ...constantWeights(nodes)]);
    const inference = {
      ...graph,
      // An initializer that may be fed keeps its value here.
      inputs: inputs.filter(({ name }) => !initializers.has(name)),
      nodes: nodes.filter(({ outputs }) => !lifted.has(outputs[0] ?? '')).map(inInference),
      initializers: lifted,
    };
    return removeDeadCode(removeIdentities(foldIntegers(inference)));
  });
}

/** Matrices and biases of layers that a file has as Constant nodes. */
function constantWeights(nodes: readonly Node[]): [string, Tensor][] {
  const products = new Set(nodes.filter(isProduct).flatMap(({ outputs }) => outputs));
  const read = nodes.flatMap(node => {
    const isBiased = node.op === 'Add' && node.inputs.some(name => products.has(name));
    return isProduct(node) ? node.inputs.slice(1) : isBiased ? node.inputs : [];
  });
  return nodes.flatMap(({ op, outputs, attributes: { value } }) => {
    const [name = ''] = outputs;
    return op === 'Constant' && value?.kind === 'tensor' && read.includes(name) ? [[name, value.value]] : [];
  });
}

/** Files exported for training have nodes that draw random numbers, or that normalize by the batch. */
function inInference(node: Node): Node {
  const [output = ''] = node.outputs;
  if (node.domain !== '') return node;
  if (node.op === 'Dropout')
    return { ...node, op: 'Identity', inputs: node.inputs.slice(0, 1), outputs: [output], attributes: {} };
  if (node.op !== 'BatchNormalization') return node;
  const { training_mode: _, ...attributes } = node.attributes;
  return { ...node, outputs: [output], attributes };
}

/** The one input that a base takes. Throws UnsupportedBase unless rows of this type fit it. */
export function checkInput({ inputs }: Graph, type: ValueType): string {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) {
    const names = inputs.map(({ name }) => `'${name}'`).join(', ');
    throw new UnsupportedBase(`expected a model with one input, received ${inputs.length}${names && `: ${names}`}`);
  }
  const { name, dtype, shape = [] } = input;
  const [rows, ...row] = shape;
  const received = `the model's input '${name}' is ${dtype} [${shape.join(', ')}]`;
  const fits =
    dtype === type.dtype &&
    shape.length === type.shape.length &&
    row.every((dim, axis) => typeof dim === 'string' || dim === type.shape[axis + 1]);
  if (!fits)
    throw new UnsupportedBase(`expected rows of ${type.dtype} [${type.shape.slice(1).join(', ')}], ${received}`);
  if (typeof rows === 'number')
    throw new UnsupportedBase(`${received}: its batch is fixed; export the model with a variable first axis`);
  return name;
}

/** Inputs that are read as numbers of a formula, by operator. */
const ARGUMENTS: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2], OneHot: [2] };
const ELEMENTWISE: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * FP32 initializers that are weights. Not those that are numbers of a formula: single ones, arguments of an operator, masks
 * (with an infinity), and what prepares the input before the first layer.
 */
export function weightNames({ nodes, initializers, inputs }: Graph): string[] {
  const prepared = new Set(inputs.map(({ name }) => name));
  const constants = new Set<string>();
  for (const { op, inputs: read, outputs } of nodes) {
    for (const at of ARGUMENTS[op] ?? []) constants.add(read[at] ?? '');
    if (!ELEMENTWISE.has(op) || !read.some(name => prepared.has(name))) continue;
    for (const name of read) if (initializers.has(name)) constants.add(name);
    prepared.add(outputs[0]!);
  }
  return [...initializers]
    .filter(([name, { dtype, shape, data }]) => {
      if (dtype !== 'FP32' || elementCount(shape) < 2 || constants.has(name)) return false;
      return (data as Float32Array).every(Number.isFinite);
    })
    .map(([name]) => name);
}

/** An operator or a form that our table does not have is a property of the imported model. */
export function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ModelError || cause instanceof TypeInferenceError)) throw cause;
    throw new UnsupportedBase(`the model cannot be trained further: ${cause.message}`, { cause });
  }
}
