// The checks of images with equal pixels: within a partition, and between the training images and the others.

import { type CheckedImage, equalImages, type ImageCheck, nameOf } from './image-check.js';

export const duplicate: ImageCheck = {
  defaults: { action: 'drop' },
  find: images =>
    findInGroups(images, () => {
      const first = new Map<string, CheckedImage>();
      return image => {
        const key = `${image.partition}/${image.label}`;
        const earlier = first.get(key);
        if (earlier === undefined) first.set(key, image);
        return earlier && `same pixels as ${nameOf(earlier)}`;
      };
    }),
};

export const conflictingTarget: ImageCheck = {
  defaults: { action: 'drop' },
  find: images =>
    findInGroups(images, group => {
      const others = new Map<string, readonly CheckedImage[]>();
      for (const image of group) {
        const known = others.get(image.partition) ?? [];
        // Two labels are enough to have another one for each.
        if (known.length < 2 && known[0]?.label !== image.label) others.set(image.partition, [...known, image]);
      }
      return image => {
        const other = others.get(image.partition)?.find(({ label }) => label !== image.label);
        return other && `same pixels as ${nameOf(other)}, labels ${image.label} and ${other.label}`;
      };
    }),
};

export const testOverlap: ImageCheck = {
  defaults: { action: 'report' },
  find: images =>
    findInGroups(images, group => {
      const train = group.find(({ partition }) => partition === 'train');
      return image => {
        if (train === undefined || image.partition === 'train') return undefined;
        const labels = image.label === train.label ? '' : `, labels ${image.label} and ${train.label}`;
        return `same pixels as ${nameOf(train)}${labels}`;
      };
    }),
};

type Describe = (image: CheckedImage) => string | undefined;

/** `toDescribe` is called for each group of equal images, and its result for each of them: undefined if it is no flaw. */
function findInGroups(
  images: readonly CheckedImage[],
  toDescribe: (group: readonly CheckedImage[]) => Describe,
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const group of equalImages(images)) {
    const describe = toDescribe(group.map(index => images[index]!));
    for (const index of group) {
      const detail = describe(images[index]!);
      if (detail !== undefined) found.set(index, detail);
    }
  }
  return found;
}
