import { tensor } from '@athanor/tensor';
import { intOf } from '../attribute.js';
import { type Converter, cannotConvert, constantNode, type OpsetStep, without } from './opset-step.js';

/** `spatial` 0 had a mean per element; it is no longer there. */
const batchNormalization: Converter = node => {
  if (intOf(node.attributes, 'spatial', 1) !== 1) throw cannotConvert(node, 'spatial is 0');
  return [{ ...node, attributes: without(node.attributes, 'spatial') }];
};

const upsample: Converter = (node, context) => {
  const scales = node.attributes.scales;
  if (scales?.kind !== 'floats') throw cannotConvert(node, 'it has no scales');
  const [name, constant] = constantNode(
    context,
    'scales',
    tensor('FP32', [scales.value.length], Float32Array.from(scales.value)),
  );
  return [constant, { ...node, inputs: [node.inputs[0]!, name], attributes: without(node.attributes, 'scales') }];
};

export const step: OpsetStep = {
  from: 8,
  to: 9,
  converters: { BatchNormalization: batchNormalization, Upsample: upsample },
};
