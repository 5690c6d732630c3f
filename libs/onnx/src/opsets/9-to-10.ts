import { int64 } from '@athanor/tensor';
import type { Node } from '../model.js';
import { type Converter, cannotConvert, constantNode, intsNode, type OpsetStep, without } from './opset-step.js';

/** The mask became a boolean; what reads it as a number would have to change too. */
const dropout: Converter = (node, context) => {
  const [, mask] = node.outputs;
  if (mask && context.isRead(mask)) throw cannotConvert(node, 'its mask was a number and is a boolean');
  return [{ ...node, outputs: node.outputs.slice(0, 1) }];
};

const slice: Converter = (node, context) => {
  const constants: Node[] = [];
  const inputs = [node.inputs[0]!];
  for (const name of ['starts', 'ends', 'axes']) {
    const given = node.attributes[name];
    if (given?.kind !== 'ints') continue;
    const [value, constant] = intsNode(context, name, given.value);
    constants.push(constant);
    inputs.push(value);
  }
  if (inputs.length < 3) throw cannotConvert(node, 'it has no starts or no ends');
  return [...constants, { ...node, inputs, attributes: without(node.attributes, 'starts', 'ends', 'axes') }];
};

const topK: Converter = (node, context) => {
  const k = node.attributes.k;
  if (k?.kind !== 'int') throw cannotConvert(node, 'it has no k');
  const [name, constant] = constantNode(context, 'k', int64([1], [k.value]));
  return [constant, { ...node, inputs: [node.inputs[0]!, name], attributes: without(node.attributes, 'k') }];
};

/** Resize-10 is Upsample-9 under another name. */
const upsample: Converter = (node, context) => {
  context.upsampled.add(node.outputs[0]!);
  return [{ ...node, op: 'Resize' }];
};

export const step: OpsetStep = {
  from: 9,
  to: 10,
  converters: { Dropout: dropout, Slice: slice, TopK: topK, Upsample: upsample },
};
