// What the path of a file in an archive says: whether it is an image, its partition and its label.

import type { SplitName } from '@athanor/data';

export type FileKind = 'image' | 'csv' | 'system' | 'other';

/** Files that are taken for images, so that one that cannot be read is reported as such. */
const IMAGE_NAME = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|avif|hei[cf]|ppm|pgm)$/i;
/** What operating systems and tools leave beside files: hidden files, resource forks and thumbnails. */
const SYSTEM_PART = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;
const PARTITIONS: readonly { readonly name: RegExp; readonly partition: SplitName }[] = [
  { name: /^train(ing)?$/i, partition: 'train' },
  { name: /^(val|valid|validation)$/i, partition: 'validation' },
  { name: /^test(ing)?$/i, partition: 'test' },
];

export function fileKindOf(path: string): FileKind {
  const parts = partsOf(path);
  if (parts.some(part => SYSTEM_PART.test(part))) return 'system';
  if (IMAGE_NAME.test(path)) return 'image';
  return /\.csv$/i.test(path) ? 'csv' : 'other';
}

export interface ImagePlace {
  /** Undefined if no folder says it. */
  readonly partition: SplitName | undefined;
  /** Name of the deepest folder; undefined outside of one, or in one that is only a partition. */
  readonly label: string | undefined;
}

/** "data/train/cat/1.jpg" → train, cat. */
export function imagePlaceOf(path: string): ImagePlace {
  const folders = partsOf(path).slice(0, -1);
  const at = folders.findIndex(folder => partitionOf(folder) !== undefined);
  const deepest = folders.length - 1;
  return {
    partition: at < 0 ? undefined : partitionOf(folders[at]!),
    label: at === deepest ? undefined : folders[deepest]?.normalize('NFC'),
  };
}

export function partitionOf(name: string): SplitName | undefined {
  return PARTITIONS.find(each => each.name.test(name))?.partition;
}

/** Without empty parts, "." and "..", which say nothing of a class. */
export function partsOf(path: string): string[] {
  return path.split('/').filter(part => part !== '' && part !== '.' && part !== '..');
}
