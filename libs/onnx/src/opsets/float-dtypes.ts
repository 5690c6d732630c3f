import { type FloatDType, fromOnnxElemType, isFloat } from '@athanor/tensor';
import { intOf } from '../attribute.js';
import type { Graph, Node } from '../model.js';
import { bodiesOf } from '../rewrite/bodies.js';

type FloatDTypes = Map<string, FloatDType>;

/**
 * Types of float values as far as a graph of any operator set tells them: nearly every operator's floats have one type. A
 * wrong guess is no silent change, since runtimes refuse mixed types.
 */
export function floatDTypes(graph: Graph, known: FloatDTypes): FloatDTypes {
  const declare = (name: string, dtype: string | undefined) => {
    if (dtype !== undefined && isFloat(dtype as FloatDType)) known.set(name, dtype as FloatDType);
  };
  for (const { name, dtype } of [...graph.inputs, ...graph.outputs]) declare(name, dtype);
  for (const [name, { dtype }] of graph.initializers) declare(name, dtype);
  for (const node of graph.nodes) {
    const dtype = outputOf(node, known);
    for (const name of node.outputs) if (!known.has(name)) declare(name, dtype);
    for (const body of bodiesOf(node)) floatDTypes(body, known);
  }
  return known;
}

function outputOf({ op, attributes, inputs }: Node, known: FloatDTypes): string | undefined {
  if (op === 'Cast') return fromOnnxElemType(intOf(attributes, 'to', 0));
  const value = attributes.value;
  if (op === 'Constant' && value?.kind === 'tensor') return value.value.dtype;
  return inputs.map(name => known.get(name)).find(dtype => dtype !== undefined);
}
