// The geometry of a window that slides over the spatial axes: of convolutions and pooling.

import { TypeInferenceError } from '../../errors.js';
import type { Dim } from '../../model.js';
import { ints, oneOf } from '../attribute-specs.js';

export const windowAttributes = {
  auto_pad: oneOf('NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
  dilations: ints(),
  pads: ints(),
  strides: ints(),
};

export interface WindowAttributes {
  readonly auto_pad: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly dilations: readonly number[] | undefined;
  /** The pads before each axis, then those after each axis. */
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
}

/** One spatial axis of a window. Sizes in elements. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
  readonly padAfter: number;
}

/** The axes with explicit pads. Throws TypeInferenceError if auto_pad needs a size that is not known. */
export function windowAxes(
  op: string,
  { kernel, sizes }: { readonly kernel: readonly Dim[]; readonly sizes: readonly Dim[] },
  { auto_pad, dilations, pads, strides }: WindowAttributes,
): WindowAxis[] {
  const rank = sizes.length;
  return sizes.map((size, axis) => {
    const extent = kernel[axis];
    if (typeof extent !== 'number') throw new TypeInferenceError(`${op} needs a kernel of known size`);
    const each = { kernel: extent, stride: strides?.[axis] ?? 1, dilation: dilations?.[axis] ?? 1 };
    if (auto_pad === 'NOTSET') return { ...each, padBefore: pads?.[axis] ?? 0, padAfter: pads?.[axis + rank] ?? 0 };
    if (auto_pad === 'VALID') return { ...each, padBefore: 0, padAfter: 0 };
    return { ...each, ...samePads(op, size, each, auto_pad) };
  });
}

/** As many results as ⌈size / stride⌉; an odd pad has its larger half after (SAME_UPPER) or before. */
function samePads(
  op: string,
  size: Dim,
  { kernel, stride, dilation }: Pick<WindowAxis, 'kernel' | 'stride' | 'dilation'>,
  mode: 'SAME_UPPER' | 'SAME_LOWER',
): Pick<WindowAxis, 'padBefore' | 'padAfter'> {
  if (typeof size !== 'number' && stride !== 1) throw new TypeInferenceError(`${op} with auto_pad needs known sizes`);
  const span = (kernel - 1) * dilation + 1;
  const total =
    typeof size !== 'number' ? span - 1 : Math.max(0, (Math.ceil(size / stride) - 1) * stride + span - size);
  const small = Math.floor(total / 2);
  return mode === 'SAME_UPPER'
    ? { padBefore: small, padAfter: total - small }
    : { padBefore: total - small, padAfter: small };
}

/** The number of places of the window. With ceilMode a window may begin inside the operand or its pads and end outside. */
export function windowCount(size: Dim, axis: WindowAxis, ceilMode = false): Dim {
  const { kernel, stride, dilation, padBefore, padAfter } = axis;
  const free = padBefore + padAfter - ((kernel - 1) * dilation + 1);
  if (typeof size !== 'number') return stride === 1 && free === -1 ? size : '';
  if (!ceilMode) return Math.floor((size + free) / stride) + 1;
  const count = Math.ceil((size + free) / stride) + 1;
  return (count - 1) * stride >= size + padBefore ? count - 1 : count;
}

/** Calls `visit` with the position in the operand for each tap of the window at `place`; those in the pads are left out. */
export function forEachTap(
  place: readonly number[],
  axes: readonly WindowAxis[],
  sizes: readonly number[],
  visit: (position: readonly number[], tap: number) => void,
): void {
  const position = new Array<number>(axes.length);
  const walk = (axis: number, tap: number): void => {
    if (axis === axes.length) {
      visit(position, tap);
      return;
    }
    const { kernel, stride, dilation, padBefore } = axes[axis]!;
    for (let k = 0; k < kernel; k++) {
      const at = place[axis]! * stride + k * dilation - padBefore;
      if (at < 0 || at >= sizes[axis]!) continue;
      position[axis] = at;
      walk(axis + 1, tap * kernel + k);
    }
  };
  walk(0, 0);
}
