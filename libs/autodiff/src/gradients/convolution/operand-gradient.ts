import type { GraphBuilder, Value } from '@athanor/onnx';
import { transpose } from '../../emit.js';
import { type Geometry, transposeAttributes } from './geometry.js';

interface Operands {
  readonly x: Value;
  readonly w: Value;
  readonly dy: Value;
}

/** dX = ConvTranspose(dY, W): each element of dY goes back to the elements of its window. */
export function operandGradient(g: GraphBuilder, { x, w, dy }: Operands, geometry: Geometry): Value {
  const attributes = transposeAttributes(geometry, x.shape.slice(2), dy.shape.slice(2));
  return { ...g.op('ConvTranspose', [dy, w], { attributes }), shape: x.shape };
}

/**
 * With stride 1 also a convolution of dY by the kernels turned around, which takes ONNX Runtime's CPU provider a third to all of
 * the time, by the number of channels.
 */
export function operandGradientByConvolution(g: GraphBuilder, operands: Operands, geometry: Geometry): Value {
  const { axes, group } = geometry;
  const pads = (pad: 'padBefore' | 'padAfter') => axes.map(axis => (axis.kernel - 1) * axis.dilation - axis[pad]);
  const around = [...pads('padBefore'), ...pads('padAfter')];
  const isPlain = group === 1 && axes.every(({ stride }) => stride === 1) && around.every(pad => pad >= 0);
  if (!isPlain) return operandGradient(g, operands, geometry);
  const { x, w, dy } = operands;
  const spatial = axes.map((_, at) => at + 2);
  const swapped = transpose(g, w, [1, 0, ...spatial]);
  const backwards = axes.map(() => -1);
  const beyond = axes.map(({ kernel }) => -kernel - 1);
  const turned = axes.some(({ kernel }) => kernel > 1)
    ? g.op('Slice', [swapped, g.axes(backwards), g.axes(beyond), g.axes(spatial), g.axes(backwards)])
    : swapped;
  const attributes = { pads: around, dilations: axes.map(({ dilation }) => dilation) };
  return { ...g.op('Conv', [dy, turned], { attributes }), shape: x.shape };
}
