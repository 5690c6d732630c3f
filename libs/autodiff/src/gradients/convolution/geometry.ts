// A convolution in explicit attributes: what its own adjoints are written in.

import { type Value, type WindowAttributes, type WindowAxis, windowAxes } from '@athanor/onnx';
import { GradientError } from '../../errors.js';

export interface Geometry {
  readonly axes: readonly WindowAxis[];
  readonly group: number;
}

export function geometryOf(
  op: string,
  { x, w }: { x: Value; w: Value },
  attributes: WindowAttributes & { readonly group: number },
): Geometry {
  const axes = windowAxes(op, { kernel: w.shape.slice(2), sizes: x.shape.slice(2) }, attributes);
  return { axes, group: attributes.group };
}

export function convAttributes({ axes, group }: Geometry) {
  return {
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(({ dilation }) => dilation),
    pads: [...axes.map(({ padBefore }) => padBefore), ...axes.map(({ padAfter }) => padAfter)],
    group,
  };
}

/**
 * Attributes of the ConvTranspose that leads from the places of a window back to an operand of the given size: elements
 * behind the last window are reached by output_padding, windows beyond the end are cut by pads.
 */
export function transposeAttributes({ axes, group }: Geometry, sizes: Value['shape'], places: Value['shape']) {
  const after = axes.map(({ kernel, stride, dilation, padBefore, padAfter }, at) => {
    const [size, count] = [sizes[at]!, places[at]!];
    if (typeof size === 'number' && typeof count === 'number') {
      return stride * (count - 1) + (kernel - 1) * dilation + 1 - padBefore - size;
    }
    if (stride !== 1) throw new GradientError('a window with a stride along an axis of unknown size');
    return padAfter;
  });
  return {
    ...convAttributes({ axes, group }),
    pads: [...axes.map(({ padBefore }) => padBefore), ...after.map(pad => Math.max(0, pad))],
    output_padding: after.map(pad => Math.max(0, -pad)),
  };
}

/** The sizes of the spatial axes, which must be known. */
export function spatialSizes({ shape }: Value): number[] {
  const sizes = shape.slice(2);
  if (sizes.every(size => typeof size === 'number')) return sizes as number[];
  throw new GradientError(`spatial axes of unknown size in [${shape.join(',')}]`);
}
