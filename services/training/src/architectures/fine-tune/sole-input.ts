import type { Value, ValueType } from '@athanor/onnx';
import { type NetworkInputs, type NetworkValues, UnsupportedInputs } from '../architecture.js';
import { imageOf, inputsText } from '../images.js';

/** What an imported network takes: images [n, channels, height, width], or dense features [n, width]. */
export interface SoleInput {
  readonly type: ValueType;
  valueOf(values: NetworkValues): Value;
}

/** Throws UnsupportedInputs unless there are either dense features or one image. */
export function soleInput(inputs: NetworkInputs): SoleInput {
  const { images, indices, width } = inputs;
  const [image] = images;
  const count = images.length + indices.length + (width > 0 ? 1 : 0);
  if (count === 1 && image !== undefined) {
    const { channels, height, width: columns } = image;
    const shape = ['batch', channels, height, columns];
    return { type: { dtype: 'FP32', shape }, valueOf: imageOf };
  }
  if (count === 1 && width > 0)
    return { type: { dtype: 'FP32', shape: ['batch', width] }, valueOf: values => values.dense! };
  throw new UnsupportedInputs(`an imported network takes one image or dense features, received ${inputsText(inputs)}`);
}
