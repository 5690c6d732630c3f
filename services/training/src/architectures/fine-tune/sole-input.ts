import type { Value, ValueType } from '@athanor/onnx';
import { type NetworkInputs, type NetworkValues, UnsupportedInputs } from '../architecture.js';

/** What an imported network takes: images [n, channels, height, width], or dense features [n, width]. */
export interface SoleInput {
  readonly type: ValueType;
  valueOf(values: NetworkValues): Value;
}

/** Throws UnsupportedInputs unless there are either dense features or one image. */
export function soleInput({ images, indices, width }: NetworkInputs): SoleInput {
  const [image] = images;
  const count = images.length + indices.length + (width > 0 ? 1 : 0);
  if (count === 1 && image !== undefined) {
    const { name, channels, height, width: columns } = image;
    const shape = ['batch', channels, height, columns];
    return { type: { dtype: 'FP32', shape }, valueOf: values => values.images.get(name)! };
  }
  if (count === 1 && width > 0)
    return { type: { dtype: 'FP32', shape: ['batch', width] }, valueOf: values => values.dense! };
  const received = `${images.length} images, ${width} dense features, ${indices.length} indices`;
  throw new UnsupportedInputs(`an imported network takes one image or dense features, received ${received}`);
}
