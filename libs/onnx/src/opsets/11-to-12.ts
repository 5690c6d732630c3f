import { scalar } from '@athanor/tensor';
import { floatOf } from '../attribute.js';
import { type Converter, constantNode, type OpsetStep, without } from './opset-step.js';

/** Without the new input training_mode nothing is dropped, as before. */
const dropout: Converter = (node, context) => {
  const [ratio, constant] = constantNode(context, 'ratio', scalar('FP32', floatOf(node.attributes, 'ratio', 0.5)));
  return [constant, { ...node, inputs: [node.inputs[0]!, ratio], attributes: without(node.attributes, 'ratio') }];
};

export const step: OpsetStep = { from: 11, to: 12, converters: { Dropout: dropout } };
