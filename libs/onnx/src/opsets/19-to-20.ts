import { int64 } from '@athanor/tensor';
import { intOf, string } from '../attribute.js';
import { type Converter, constantNode, type OpsetStep, without } from './opset-step.js';

/** The default axis was 1, and is -2 without an input. */
const dft: Converter = (node, context) => {
  const [axis, constant] = constantNode(context, 'axis', int64([], [intOf(node.attributes, 'axis', 1)]));
  const inputs = [node.inputs[0]!, node.inputs[1] ?? '', axis];
  return [constant, { ...node, inputs, attributes: without(node.attributes, 'axis') }];
};

const MODES: { readonly [mode: string]: string } = { bilinear: 'linear', bicubic: 'cubic' };

const gridSample: Converter = node => {
  const given = node.attributes.mode;
  const mode = given?.kind === 'string' ? given.value : 'bilinear';
  return [{ ...node, attributes: { ...node.attributes, mode: string(MODES[mode] ?? mode) } }];
};

export const step: OpsetStep = { from: 19, to: 20, converters: { DFT: dft, GridSample: gridSample } };
