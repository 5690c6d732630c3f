// Images that look the same though their pixels differ: compressed again, resized, brightened. By their difference
// hashes, in about linear time: two hashes that differ in at most 3 of 64 bits are equal in one of four parts of 16
// bits, so that only images that share a part are compared.

import type { ComponentKind } from '@athanor/components';
import { z } from 'zod';
import { bitCount, type DifferenceHash, hammingDistance } from '../decoding/difference-hash.js';
import { type CheckedImage, type ImageCheck, nameOf } from './image-check.js';

const MAX_DISTANCE = 3;
const DEFAULT_DISTANCE = 2;
/** A hash with fewer ones or zeros is that of an image almost without structure, such as a clear sky. */
const MIN_STRUCTURE_BITS = 10;
/** Earlier images that one is compared with in each part, so that many alike do not take quadratic time. */
const MAX_COMPARED = 500;

export const NEAR_DUPLICATE_KIND: ComponentKind = {
  kind: 'near-duplicate',
  version: 1,
  summary: 'Images that look like an earlier one: their 64-bit difference hashes are almost equal.',
  parameters: z.strictObject({
    action: z.enum(['report', 'drop', 'quarantine']).default('report').describe('What happens to such a row.'),
    distance: z.int().min(0).max(MAX_DISTANCE).default(DEFAULT_DISTANCE).describe('Bits of 64 that may differ.'),
  }),
};

export const nearDuplicate: ImageCheck = {
  defaults: { action: 'report', distance: DEFAULT_DISTANCE },
  find(images, { distance = DEFAULT_DISTANCE }) {
    const found = new Map<number, string>();
    const earlier = new Map<number, number[]>();
    for (const [index, image] of images.entries()) {
      if (!hasStructure(image.difference)) continue;
      const parts = partsOf(image.difference);
      const twin = findTwin(images, image, { candidates: parts.map(part => earlier.get(part) ?? []), distance });
      if (twin !== undefined) {
        const bits = hammingDistance(image.difference, twin.difference);
        found.set(index, `looks like ${nameOf(twin)}${labelsOf(image, twin)}: ${bits} of 64 bits differ`);
      }
      for (const part of parts) {
        const sharing = earlier.get(part);
        if (sharing === undefined) earlier.set(part, [index]);
        else if (sharing.length < MAX_COMPARED) sharing.push(index);
      }
    }
    return found;
  },
};

/** The earliest one within the distance. Equal pixels are the business of other checks. */
function findTwin(
  images: readonly CheckedImage[],
  { difference, hash }: CheckedImage,
  { candidates, distance }: { readonly candidates: readonly (readonly number[])[]; readonly distance: number },
): CheckedImage | undefined {
  let twin = Number.POSITIVE_INFINITY;
  for (const indices of candidates) {
    const first = indices.find(index => {
      const other = images[index]!;
      return other.hash !== hash && hammingDistance(other.difference, difference) <= distance;
    });
    if (first !== undefined && first < twin) twin = first;
  }
  return images[twin];
}

function labelsOf(image: CheckedImage, twin: CheckedImage): string {
  return image.label === twin.label ? '' : `, labels ${image.label} and ${twin.label}`;
}

function hasStructure({ high, low }: DifferenceHash): boolean {
  const ones = bitCount(high) + bitCount(low);
  return ones >= MIN_STRUCTURE_BITS && ones <= 64 - MIN_STRUCTURE_BITS;
}

/** Each with its place, so that equal bits at different places are different keys. */
function partsOf({ high, low }: DifferenceHash): number[] {
  return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].map((bits, place) => place * 0x10000 + bits);
}
