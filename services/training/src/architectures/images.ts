import type { Value } from '@athanor/onnx';
import type { ImageShape } from '@athanor/transforms';
import { type NetworkInputs, type NetworkValues, UnsupportedInputs } from './architecture.js';

/** The one image that a convolutional network takes. Throws UnsupportedInputs for other inputs. */
export function soleImage(
  kind: string,
  { images, indices, width }: NetworkInputs,
): ImageShape & { readonly name: string } {
  const others = indices.length + (width > 0 ? 1 : 0);
  if (images.length === 1 && others === 0) return images[0]!;
  const received = [`${images.length} images`, `${width} dense features`, `${indices.length} indices`].join(', ');
  throw new UnsupportedInputs(
    `a '${kind}' takes one image and nothing else, received ${received}; choose one input column of images with the transform 'image'`,
  );
}

export function imageOf({ images }: NetworkValues): Value {
  return [...images.values()][0]!;
}
