import type { Value } from '@athanor/onnx';
import type { ImageShape } from '@athanor/transforms';
import { type NetworkInputs, type NetworkValues, UnsupportedInputs } from './architecture.js';

/** The one image that a convolutional network takes. Throws UnsupportedInputs for other inputs. */
export function soleImage(kind: string, inputs: NetworkInputs): ImageShape & { readonly name: string } {
  const { images, indices, width } = inputs;
  const others = indices.length + (width > 0 ? 1 : 0);
  if (images.length === 1 && others === 0) return images[0]!;
  throw new UnsupportedInputs(
    `a '${kind}' takes one image and nothing else, received ${inputsText(inputs)}; choose one input column of images with the transform 'image'`,
  );
}

/** For messages: how many there are of each kind. */
export function inputsText({ images, indices, width }: NetworkInputs): string {
  return `${images.length} images, ${width} dense features, ${indices.length} indices`;
}

export function imageOf({ images }: NetworkValues): Value {
  return [...images.values()][0]!;
}
