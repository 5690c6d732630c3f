// The reference: runs a graph node by node with the operators' own evaluate(), floats in float64. Gradients are checked
// against it, and ONNX Runtime is compared with it.

import type { Tensor } from '@athanor/tensor';
import { ModelError, quoted, TypeInferenceError } from '../errors.js';
import type { Graph, Node } from '../model.js';
import { evaluateNode } from '../operators/operator.js';
import { isOperator, OPERATORS } from '../operators/table.js';
import { fromTensor, type NdArray } from './nd-array.js';

/** The outputs by name. Throws TypeInferenceError for an operator that is not in the table. */
export function evaluateGraph(graph: Graph, feeds: Readonly<Record<string, Tensor | NdArray>>): Map<string, NdArray> {
  const values = new Map<string, NdArray>();
  for (const [name, tensor] of graph.initializers) values.set(name, fromTensor(tensor));
  for (const { name } of graph.inputs) {
    const fed = feeds[name];
    if (fed) values.set(name, isNdArray(fed) ? fed : fromTensor(fed));
  }
  for (const node of graph.nodes) evaluateOne(node, values);
  return new Map(graph.outputs.map(({ name }) => [name, findValue(values, name)]));
}

function evaluateOne({ op, domain, inputs, outputs, attributes }: Node, values: Map<string, NdArray>): void {
  if (!isOperator(op, domain))
    throw new TypeInferenceError(`${domain || 'ai.onnx'} ${op} has no reference implementation`);
  const operands = inputs.map(name => (name === '' ? undefined : findValue(values, name)));
  const results = evaluateNode(OPERATORS[op], { op, inputs: operands, attributes, outputCount: outputs.length });
  outputs.forEach((name, index) => {
    if (name !== '') values.set(name, results[index]!);
  });
}

function findValue(values: ReadonlyMap<string, NdArray>, name: string): NdArray {
  const value = values.get(name);
  if (!value) throw new ModelError('UNDEFINED_VALUE', `${quoted(name)} is neither fed nor computed`);
  return value;
}

// A tensor of floats narrower than FP64 has its own array type; FP64 is the same either way.
function isNdArray(value: Tensor | NdArray): value is NdArray {
  return value.data instanceof Float64Array && value.dtype !== 'FP64';
}
