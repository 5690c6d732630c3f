// The second pass over the archives: pixels in the stored form, one after another in a file, and what the checks need
// of each image in memory.

import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { DamagedEntry, toFlaw } from '../archives/archive-entry.js';
import { mapInOrder } from '../archives/map-in-order.js';
import { openArchive } from '../archives/open-archive.js';
import type { ImagePlan } from '../image-plan.js';
import { fileKindOf } from '../layout/image-place.js';
import type { PlacedImage } from '../layout/place-images.js';
import { decodeImage, type StoredForm } from './decode-image.js';
import { type DifferenceHash, differenceHash } from './difference-hash.js';
import type { ImageHeader } from './inspect-image.js';

export interface DecodedImage {
  /** Index of its image, and of its pixels in the file: damaged images have none, but their place is kept. */
  readonly index: number;
  readonly hash: string;
  readonly difference: DifferenceHash;
  /** The value of all pixels; undefined if they differ. */
  readonly blank: number | undefined;
}

export interface DecodeWork {
  readonly plan: Pick<ImagePlan, 'sources' | 'limits'>;
  readonly folder: string;
  readonly images: readonly PlacedImage[];
  readonly form: StoredForm;
  /** Where the pixels go. */
  readonly pixelFile: string;
  readonly onImages: (count: number) => void;
}

export interface DecodeResult {
  readonly decoded: readonly DecodedImage[];
  /** By index of an image: why it cannot be decoded. */
  readonly flaws: ReadonlyMap<number, string>;
}

export function rowBytesOf({ width, height, channels }: StoredForm): number {
  return width * height * channels;
}

/** Images with a header and a label are decoded, as many at the same time as there are threads. */
export async function decodeArchives(work: DecodeWork): Promise<DecodeResult> {
  const { form, plan } = work;
  const pixels = createWriteStream(work.pixelFile, { highWaterMark: 4 * 1024 * 1024 });
  const empty = new Uint8Array(rowBytesOf(form));
  const decoded: DecodedImage[] = [];
  const flaws = new Map<number, string>();
  try {
    const outcomes = mapInOrder(readImages(work), plan.limits.threads, each => decodeOne(each, form));
    for await (const { index, data, flaw } of outcomes) {
      if (flaw !== undefined) flaws.set(index, flaw);
      if (data !== undefined) decoded.push({ index, ...describe(data, form) });
      if (!pixels.write(data ?? empty)) await once(pixels, 'drain');
      if (index % 50 === 0) work.onImages(index);
    }
  } finally {
    pixels.end();
    await finished(pixels);
  }
  return { decoded, flaws };
}

interface Outcome {
  readonly index: number;
  readonly data?: Uint8Array;
  readonly flaw?: string;
}

interface ReadImage {
  readonly index: number;
  readonly header: ImageHeader | undefined;
  /** Undefined: it is not decoded. */
  readonly bytes: Buffer | DamagedEntry | undefined;
}

async function decodeOne({ index, header, bytes }: ReadImage, form: StoredForm): Promise<Outcome> {
  if (bytes === undefined || header === undefined) return { index };
  if (bytes instanceof DamagedEntry) return { index, flaw: bytes.message };
  const data = await decodeImage(bytes, header, form).catch(toFlaw);
  return data instanceof DamagedEntry ? { index, flaw: data.message } : { index, data };
}

/** The images in the order of the survey. */
async function* readImages({ plan, folder, images }: DecodeWork): AsyncGenerator<ReadImage> {
  const budget = { maxBytes: plan.limits.maxUnpackedBytes, usedBytes: 0 };
  let index = 0;
  for (const { file, filename } of plan.sources) {
    for await (const { path, read } of openArchive(join(folder, file), { filename, budget })) {
      if (fileKindOf(path) !== 'image') continue;
      const { header, label } = images[index]!;
      const isWanted = header !== undefined && label !== undefined;
      yield { index: index++, header, bytes: isWanted ? await read().catch(toFlaw) : undefined };
    }
  }
}

function describe(data: Uint8Array, form: StoredForm): Omit<DecodedImage, 'index'> {
  return {
    hash: hash('sha256', data, 'hex'),
    difference: differenceHash(data, form),
    blank: data.every(value => value === data[0]) ? data[0] : undefined,
  };
}
