import type { ResolvedComponent } from '@athanor/components';
import type { Component } from '@athanor/contracts/api';
import { imageShape } from '@athanor/transforms';
import type { Architecture } from '../architectures/architecture.js';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { AUGMENTATIONS } from '../augmentations/augmentations.js';
import type { ColumnFacts } from './dataset-facts.js';
import type { ResolvedTransform } from './resolve-transforms.js';
import type { Parsed, Violations } from './violations.js';

/** Each becomes nodes of the training step, which has room for any sensible number of them. */
const MAX_AUGMENTATIONS = 16;
const FIELD = 'augmentations';

interface Encoded {
  /** Undefined if it has problems of its own. */
  readonly model: Parsed<Architecture> | undefined;
  readonly inputs: readonly ColumnFacts[];
  readonly transforms: readonly ResolvedTransform[];
}

/** Those of the request with their defaults, in its order. They need images, and a model that takes them. */
export function resolveAugmentations(
  requested: readonly Component[],
  { model, inputs, transforms }: Encoded,
  violations: Violations,
): ResolvedComponent[] {
  if (requested.length === 0) return [];
  if (requested.length > MAX_AUGMENTATIONS) {
    violations.add(FIELD, `expected at most ${MAX_AUGMENTATIONS}, received ${requested.length}`);
    return [];
  }
  const images = imagesOf(inputs, transforms);
  if (model !== undefined && !model.kind.takesImages) {
    const taking = Object.values(ARCHITECTURES.kinds).filter(({ takesImages }) => takesImages);
    const names = taking.map(({ kind }) => kind).join(', ');
    violations.add(FIELD, `'${model.component.kind}' takes no images that could be changed; choose one of ${names}`);
  } else if (images.length === 0)
    violations.add(FIELD, "no input is encoded as an image; name a column of images with the transform 'image'");
  return requested.flatMap((message, index) => {
    const field = `${FIELD}[${index}]`;
    const parsed = violations.parse(AUGMENTATIONS, message, { kind: '', parameters: {}, version: 0 }, field);
    if (parsed === undefined) return [];
    const { kind, component } = parsed;
    for (const { name, shape } of images) {
      const accepted = kind.accepts?.(imageShape(shape), component.parameters) ?? true;
      if (typeof accepted === 'string') violations.add(field, `'${component.kind}' of '${name}': ${accepted}`);
    }
    return [component];
  });
}

/** The inputs that the model takes as images, and their shapes as vectors. */
function imagesOf(inputs: readonly ColumnFacts[], transforms: readonly ResolvedTransform[]) {
  const encoded = transforms.filter(({ transform }) => transform.kind === 'image').flatMap(({ columns }) => columns);
  return inputs.flatMap(({ name, type }) =>
    type.kind === 'vector' && encoded.includes(name) ? [{ name, shape: type.shape }] : [],
  );
}
