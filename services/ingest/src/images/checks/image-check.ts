// A check looks at all images of an import and says which are flawed. One file per check, and one line in checks.ts.

import type { FindingAction } from '../../tables/table-plan.js';
import type { DifferenceHash } from '../decoding/difference-hash.js';

/** A decoded image with a label. */
export interface CheckedImage {
  readonly rowId: string;
  readonly path: string;
  readonly partition: string;
  readonly label: string;
  /** SHA-256 of its pixels in hexadecimal. */
  readonly hash: string;
  readonly difference: DifferenceHash;
  /** The value of all pixels and channels; undefined if they differ. */
  readonly blank: number | undefined;
}

export interface ImageCheckParameters {
  readonly action: FindingAction;
  /** Of near-duplicate: in how many bits two hashes may differ. */
  readonly distance?: number;
}

export interface ImageCheck {
  readonly defaults: ImageCheckParameters;
  /** What is wrong with each flawed image, by its index. */
  find(images: readonly CheckedImage[], parameters: ImageCheckParameters): ReadonlyMap<number, string>;
}

/** An image in a message. */
export function nameOf({ rowId, path }: CheckedImage): string {
  return `${rowId} (${path})`;
}

/** Indices of images with equal pixels, in order; those without an equal are left out. */
export function equalImages(images: readonly CheckedImage[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [index, { hash }] of images.entries()) {
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [index]);
    else group.push(index);
  }
  return [...groups.values()].filter(group => group.length > 1);
}
