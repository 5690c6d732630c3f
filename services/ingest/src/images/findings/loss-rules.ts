// What an import of images must not do unnoticed, as for tables: remove many images, lose a class; and what nothing can
// be learned from.

import { compareCategories } from '@athanor/data';
import { FormatError } from '../../formats/rows.js';
import { expectAnyRow, expectRows, MIN_KEY_ROWS } from '../../tables/findings/loss-rules.js';
import type { PlacedImage } from '../layout/place-images.js';
import type { Survey } from '../layout/survey.js';
import type { FoundFlaws } from './find-flaws.js';

const EXAMPLES = 5;

/** Throws FormatError if there is no image. */
export function expectImages({ images, other, system }: Survey): void {
  if (images.length > 0) return;
  const found = [...other.examples, ...system.examples].slice(0, EXAMPLES).join(', ') || 'no file';
  throw new FormatError(
    `expected images (JPEG, PNG, WebP, GIF) in folders that are named after their class, found ${found}; pack such folders, or unpack tables and import the files`,
  );
}

/** Throws FormatError with the reasons if no image can be read, or none has a label. */
export function expectUsable(images: readonly PlacedImage[]): void {
  if (images.some(({ header, label }) => header !== undefined && label !== undefined)) return;
  const reasons = images
    .slice(0, EXAMPLES)
    .map(({ path, flaw }) => `${path} ${flaw ?? 'is in no folder that is named after its class'}`);
  throw new FormatError(
    `expected images that can be read and have a label, got none of ${images.length}: ${reasons.join('; ')}; put them into folders named after their class, or add a labels.csv of paths and labels`,
  );
}

/**
 * The classes of the kept images in order. Throws FormatError if there is one, or one for each image, or if one has
 * vanished.
 */
export function expectImageClasses(
  images: readonly PlacedImage[],
  { kept, summaries }: FoundFlaws,
  acceptLoss: boolean,
): string[] {
  const removedRows = images.length - kept.length;
  expectAnyRow({ summaries, removedRows }, images.length);
  expectRows({ summaries, removedRows }, images.length, acceptLoss);
  const labelsOf = (some: readonly PlacedImage[]) => new Set(some.flatMap(({ label }) => label ?? []));
  const classes = labelsOf(kept.map(index => images[index]!));
  const lost = [...labelsOf(images)].filter(label => !classes.has(label));
  if (lost.length > 0 && !acceptLoss)
    throw new FormatError(
      `all images of ${lost.length} classes would be removed: ${lost.slice(0, EXAMPLES).join(', ')}; repair them, or accept it with --accept-loss`,
    );
  if (classes.size < 2)
    throw new FormatError(
      `expected images of several classes, but all ${kept.length} are in '${[...classes].join('')}'; put the images of each class into a folder of its own`,
    );
  if (classes.size === kept.length && kept.length >= MIN_KEY_ROWS)
    throw new FormatError(
      `expected classes with several images, but each of the ${kept.length} images has a class of its own; put the images of each class into one folder`,
    );
  return [...classes].sort(compareCategories);
}
