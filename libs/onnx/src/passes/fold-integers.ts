import { isFloat, type Tensor } from '@athanor/tensor';
import { exactTensor, fromTensor } from '../evaluate/nd-array.js';
import type { Graph, Node } from '../model.js';
import { readAttributes } from '../operators/attribute-specs.js';
import { staticCount } from '../operators/dims.js';
import { evaluateNode } from '../operators/operator.js';
import { constantValue } from '../operators/shape/constant.js';
import { isOperator, OPERATORS } from '../operators/table.js';
import { mapBodies } from '../rewrite/bodies.js';
import type { GraphTypes } from '../typing/graph-types.js';
import { inferTypes } from '../typing/infer-types.js';

/** More elements are data; a constant of them would only make the file larger. */
const MAX_ELEMENTS = 1_024;

/** The constant of a name that a graph sees. */
type FindConstant = (name: string) => Tensor | undefined;

/**
 * Computes integers and booleans that are known before a run, sizes of shapes included, in bodies too; their nodes become
 * Constant. Never floats: the evaluator's have other bits than a runtime's. The nodes must be in the operator table's form.
 */
export function foldIntegers(graph: Graph): Graph {
  return fold(graph, inferTypes(graph), () => undefined);
}

function fold(graph: Graph, types: GraphTypes, outer: FindConstant): Graph {
  const constants = new Map(constantInitializers(graph));
  const find = (name: string) => constants.get(name) ?? outer(name);
  const nodes = graph.nodes.map(node => {
    const folded = foldNode(node, types, find);
    if (folded) {
      constants.set(node.outputs[0]!, folded);
      return node.op === 'Constant' ? node : toConstant(node, folded);
    }
    return mapBodies(node, body => {
      const inner = types.bodies.get(body);
      return inner ? fold(body, inner, find) : body;
    });
  });
  return { ...graph, nodes };
}

function constantInitializers({ initializers, inputs }: Graph): [string, Tensor][] {
  const fed = new Set(inputs.map(({ name }) => name));
  return [...initializers].filter(([name, tensor]) => !fed.has(name) && isFoldable(tensor));
}

function isFoldable({
  dtype,
  shape,
}: {
  readonly dtype: Tensor['dtype'];
  readonly shape: readonly (number | string)[];
}) {
  const count = staticCount(shape);
  return !isFloat(dtype) && dtype !== 'BYTES' && count !== undefined && count <= MAX_ELEMENTS;
}

function foldNode(node: Node, types: GraphTypes, find: FindConstant): Tensor | undefined {
  const [output] = node.outputs;
  const type = output === undefined ? undefined : types.values.get(output);
  if (node.outputs.length !== 1 || !type || !isFoldable(type) || !isOperator(node.op, node.domain)) return undefined;
  if (node.op === 'Constant') {
    return constantValue(node.op, readAttributes(node.op, OPERATORS.Constant.attributes, node.attributes) as never);
  }
  return fromContents(type, types.contents.get(output!)) ?? evaluateConstant(node, find);
}

function fromContents(
  { dtype, shape }: Pick<Tensor, 'dtype'> & { shape: readonly unknown[] },
  contents: readonly unknown[] | undefined,
) {
  if (dtype !== 'INT64' || shape.length > 1 || !contents?.every(each => typeof each === 'number')) return undefined;
  if (!contents.every(each => Number.isSafeInteger(each))) return undefined;
  const data = BigInt64Array.from(contents as number[], BigInt);
  return { dtype, shape: shape.length === 0 ? [] : [data.length], data } as const;
}

function evaluateConstant({ op, inputs, attributes }: Node, find: FindConstant): Tensor | undefined {
  const operands = inputs.map(name => (name === '' ? undefined : find(name)));
  if (inputs.some((name, index) => name !== '' && !operands[index])) return undefined;
  try {
    const [result] = evaluateNode(OPERATORS[op as keyof typeof OPERATORS], {
      op,
      inputs: operands.map(operand => operand && fromTensor(operand)),
      attributes,
      outputCount: 1,
    });
    return result && exactTensor(result);
  } catch (cause) {
    // Such as a division by 0, or an index out of range: left to whoever runs the graph.
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}

function toConstant({ name, outputs }: Node, value: Tensor): Node {
  return { op: 'Constant', domain: '', name, inputs: [], outputs, attributes: { value: { kind: 'tensor', value } } };
}
