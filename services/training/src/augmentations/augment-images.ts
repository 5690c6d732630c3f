import type { GraphRandom } from '@athanor/autodiff';
import type { ResolvedComponent } from '@athanor/components';
import type { GraphBuilder, Value } from '@athanor/onnx';
import type { ImageShape } from '@athanor/transforms';
import { AUGMENTATIONS } from './augmentations.js';

/** The augmentations of a job one after the other, for images FP32 [n, channels, height, width]. */
export function augmentImages(
  g: GraphBuilder,
  images: Value,
  augmentations: readonly ResolvedComponent[],
  { shape, random }: { readonly shape: ImageShape; readonly random: Pick<GraphRandom, 'uniform'> },
): Value {
  return augmentations.reduce(
    (changed, { kind, parameters }) => AUGMENTATIONS.kinds[kind]!.emit(g, changed, { parameters, shape, random }),
    images,
  );
}
