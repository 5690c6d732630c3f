// Labels from a CSV in the archive: a column of paths, one of labels, and optionally one of partitions.

import type { SplitName } from '@athanor/data';
import { FormatError } from '../../formats/rows.js';
import { isBlank, parseRecords } from '../../tables/csv/record-parser.js';
import { partitionOf, partsOf } from './image-place.js';

const PATH_NAMES = ['path', 'file', 'filename', 'file_name', 'image', 'image_path'];
const LABEL_NAMES = ['label', 'class', 'target', 'category'];
const PARTITION_NAMES = ['split', 'partition', 'subset'];
const DELIMITERS = [',', ';', '\t'];

export interface ListedImage {
  readonly label: string;
  /** Undefined without such a column, or for another word. */
  readonly partition: SplitName | undefined;
}

export interface LabelList {
  readonly path: string;
  /** By path in the archive. */
  readonly images: ReadonlyMap<string, ListedImage>;
}

/** Whether a CSV is taken for labels without being named. */
export function isLabelList(path: string): boolean {
  return partsOf(path).at(-1)?.toLowerCase() === 'labels.csv';
}

/** Throws FormatError if it has no such columns, or lists an image twice with different labels. */
export function parseLabelList(path: string, content: Uint8Array): LabelList {
  const text = new TextDecoder('utf-8').decode(content);
  const delimiter = DELIMITERS.find(each => text.split(/\r?\n/, 1)[0]?.includes(each)) ?? ',';
  const [header, ...records] = parseRecords(text, delimiter).filter(record => !isBlank(record));
  const names = (header?.fields ?? []).map(name => name.trim().toLowerCase());
  const columnOf = (known: readonly string[]) => names.findIndex(name => known.includes(name));
  const [pathAt, labelAt, partitionAt] = [columnOf(PATH_NAMES), columnOf(LABEL_NAMES), columnOf(PARTITION_NAMES)];
  if (pathAt < 0 || labelAt < 0)
    throw new FormatError(
      `${path}: expected a header with a column of paths (${PATH_NAMES.join(', ')}) and one of labels (${LABEL_NAMES.join(', ')}), got ${names.join(', ') || 'nothing'}; rename the columns`,
    );
  const folder = partsOf(path).slice(0, -1);
  const images = new Map<string, ListedImage>();
  for (const { fields, line } of records) {
    const key = partsOf((fields[pathAt] ?? '').replaceAll('\\', '/')).join('/');
    const label = (fields[labelAt] ?? '').trim().normalize('NFC');
    const earlier = images.get(key);
    if (earlier !== undefined && earlier.label !== label)
      throw new FormatError(
        `${path}: line ${line} has the label '${label}' for ${key}, which an earlier line labels '${earlier.label}'; keep one of them`,
      );
    images.set(key, { label, partition: partitionOf((fields[partitionAt] ?? '').trim()) });
  }
  return { path, images: withFolder(images, folder) };
}

/** Paths may begin at the root of the archive, or at the folder of the CSV. */
function withFolder(
  images: ReadonlyMap<string, ListedImage>,
  folder: readonly string[],
): ReadonlyMap<string, ListedImage> {
  if (folder.length === 0) return images;
  const isFromRoot = [...images.keys()].every(key => key.startsWith(`${folder.join('/')}/`));
  return isFromRoot ? images : new Map([...images].map(([key, image]) => [[...folder, key].join('/'), image]));
}
