import { type Graph, intOf } from '@athanor/onnx';
import { UnsupportedBase } from './base-graph.js';

/** The last linear layer of a model, which a new task replaces. */
export interface Head {
  /** What the layer takes. */
  readonly features: string;
  /** What the layer gives: the raw outputs. */
  readonly outputs: string;
  /** Of the layer. */
  readonly weights: readonly string[];
}

/** What may follow the last layer without changing which class has the largest value. */
const AFTER: ReadonlySet<string> = new Set([
  'Softmax',
  'LogSoftmax',
  'Sigmoid',
  'Identity',
  'Flatten',
  'Reshape',
  'Squeeze',
]);

/** Throws UnsupportedBase if the model does not end in a linear layer. */
export function findHead({ nodes, outputs, initializers }: Graph): Head {
  const makers = new Map(nodes.flatMap(node => node.outputs.map(name => [name, node] as const)));
  const isWeight = (name: string | undefined) => name !== undefined && initializers.has(name);
  if (outputs.length !== 1) throw noHead(`it has ${outputs.length} outputs`);
  let name = outputs[0]!.name;
  let node = makers.get(name);
  while (node !== undefined && AFTER.has(node.op)) {
    name = node.inputs[0]!;
    node = makers.get(name);
  }
  if (node?.op === 'Gemm' && isWeight(node.inputs[1]) && intOf(node.attributes, 'transA', 0) === 0)
    return { features: node.inputs[0]!, outputs: name, weights: node.inputs.slice(1) };
  const bias = node?.op === 'Add' ? node.inputs.find(isWeight) : undefined;
  const product = bias === undefined ? node : makers.get(node!.inputs.find(input => input !== bias)!);
  if (product?.op !== 'MatMul' || !isWeight(product.inputs[1]))
    throw noHead(
      `the node before '${name}' is ${product?.op ?? node?.op ?? 'missing'}, which multiplies with no weight of the file`,
    );
  const weights = [product.inputs[1]!, ...(bias === undefined ? [] : [bias])];
  return { features: product.inputs[0]!, outputs: name, weights };
}

function noHead(received: string): UnsupportedBase {
  return new UnsupportedBase(
    `expected a model with one output that ends in a linear layer (Gemm, or MatMul and Add), ${received}; name the value that a new last layer takes with model.features`,
  );
}
