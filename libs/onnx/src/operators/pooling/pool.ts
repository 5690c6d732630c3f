import type { Shape } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import type { ValueType } from '../../model.js';
import { flag, ints, required } from '../attribute-specs.js';
import {
  type WindowAttributes,
  type WindowAxis,
  windowAttributes,
  windowAxes,
  windowCount,
} from '../convolution/window.js';
import { describe } from '../dims.js';

export const poolAttributes = { ...windowAttributes, ceil_mode: flag(false), kernel_shape: required(ints()) };

interface PoolAttributes extends WindowAttributes {
  readonly ceil_mode: boolean;
  readonly kernel_shape: readonly number[];
}

export function poolType(op: string, x: ValueType, attributes: PoolAttributes): ValueType {
  const [batch, channels, ...sizes] = x.shape;
  const kernel = attributes.kernel_shape;
  if (sizes.length === 0 || kernel.length !== sizes.length) {
    throw new TypeInferenceError(`${op} of ${describe(x)} by kernel_shape [${kernel.join(',')}]`);
  }
  const axes = windowAxes(op, { kernel, sizes }, attributes);
  const places = axes.map((axis, at) => windowCount(sizes[at]!, axis, attributes.ceil_mode));
  return { dtype: x.dtype, shape: [batch!, channels!, ...places] };
}

export interface PoolGeometry {
  readonly axes: readonly WindowAxis[];
  readonly sizes: readonly number[];
  /** Of the result. */
  readonly shape: Shape;
}

export function poolGeometry(op: string, x: ValueType, attributes: PoolAttributes): PoolGeometry {
  const sizes = x.shape.slice(2) as number[];
  const axes = windowAxes(op, { kernel: attributes.kernel_shape, sizes }, attributes);
  return { axes, sizes, shape: poolType(op, x, attributes).shape as Shape };
}
