import { type Converter, cannotConvert, type OpsetStep } from './opset-step.js';

/** Further outputs were of training, which has an attribute since, with other results. */
const batchNormalization: Converter = (node, context) => {
  if (node.outputs.slice(1).some(context.isRead)) throw cannotConvert(node, 'it has outputs of training');
  return [{ ...node, outputs: node.outputs.slice(0, 1) }];
};

export const step: OpsetStep = { from: 13, to: 14, converters: { BatchNormalization: batchNormalization } };
