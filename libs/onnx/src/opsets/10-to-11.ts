import { tensor } from '@athanor/tensor';
import { floatOf, string } from '../attribute.js';
import type { Node } from '../model.js';
import {
  type Converter,
  cannotConvert,
  constantNode,
  floatNodes,
  intsNode,
  type OpsetStep,
  type StepContext,
  without,
} from './opset-step.js';

const clip: Converter = (node, context) => {
  const nodes: Node[] = [];
  const bounds = ['min', 'max'].map(name => {
    const given = node.attributes[name];
    if (given?.kind !== 'float') return '';
    const [bound, made] = floatNodes(context, name, { value: given.value, dtype: context.dtypeOf(node.inputs[0]!) });
    nodes.push(...made);
    return bound;
  });
  while (bounds.at(-1) === '') bounds.pop();
  return [
    ...nodes,
    { ...node, inputs: [node.inputs[0]!, ...bounds], attributes: without(node.attributes, 'min', 'max') },
  ];
};

const pad: Converter = (node, context) => {
  const pads = node.attributes.pads;
  if (pads?.kind !== 'ints') throw cannotConvert(node, 'it has no pads');
  const [counts, constant] = intsNode(context, 'pads', pads.value);
  const dtype = context.dtypeOf(node.inputs[0]!);
  const [fill, made] = floatNodes(context, 'value', { value: floatOf(node.attributes, 'value', 0), dtype });
  const attributes = without(node.attributes, 'pads', 'value');
  return [constant, ...made, { ...node, inputs: [node.inputs[0]!, counts, fill], attributes }];
};

/**
 * The standard did not say which element is the nearest; ONNX Runtime takes the lower one along an axis that grows, and the
 * upper one along an axis that shrinks.
 */
function nearestMode(node: Node, context: StepContext): string {
  const { mode } = node.attributes;
  if (mode?.kind === 'string' && mode.value !== 'nearest') return 'floor';
  if (context.upsampled.has(node.outputs[0]!)) return 'floor';
  const scales = context.constants.get(node.inputs[1]!);
  if (scales?.dtype !== 'FP32') throw cannotConvert(node, 'its scales are not constant');
  if (scales.data.every(scale => scale >= 1)) return 'floor';
  if (scales.data.every(scale => scale <= 1)) return 'ceil';
  throw cannotConvert(node, 'it enlarges one axis and shrinks another');
}

/** Resize-10 had no choice of coordinates, which were asymmetric. */
const resize: Converter = (node, context) => {
  const [roi, constant] = constantNode(context, 'roi', tensor('FP32', [0], new Float32Array()));
  const attributes = {
    ...node.attributes,
    coordinate_transformation_mode: string('asymmetric'),
    nearest_mode: string(nearestMode(node, context)),
  };
  return [constant, { ...node, inputs: [node.inputs[0]!, roi, node.inputs[1]!], attributes }];
};

const scatter: Converter = node => [{ ...node, op: 'ScatterElements' }];

export const step: OpsetStep = {
  from: 10,
  to: 11,
  converters: { Clip: clip, Pad: pad, Resize: resize, Scatter: scatter },
};
