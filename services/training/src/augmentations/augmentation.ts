import type { GraphRandom } from '@athanor/autodiff';
import type { ComponentKind } from '@athanor/components';
import type { GraphBuilder, Value } from '@athanor/onnx';
import type { ImageShape } from '@athanor/transforms';

export interface AugmentationStep<P> {
  readonly parameters: P;
  readonly shape: ImageShape;
  readonly random: Pick<GraphRandom, 'uniform'>;
}

/**
 * A random change of the images of training rows, each on its own, that leaves their meaning. Its nodes are part of the
 * training step only: what is evaluated and served has none of them. No gradient flows through them.
 */
export interface Augmentation<P = unknown> extends ComponentKind<P> {
  /** True, or why images of this shape cannot be changed in this way; default: any can. */
  accepts?(shape: ImageShape, parameters: P): true | string;
  /** From normalized images FP32 [n, channels, height, width] to images of the same shape. */
  emit(g: GraphBuilder, images: Value, step: AugmentationStep<P>): Value;
}
