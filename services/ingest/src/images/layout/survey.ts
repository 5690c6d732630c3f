// The first pass over the archives: what is in them, and the headers of the images, by which the stored form is chosen.

import { join } from 'node:path';
import { FormatError } from '../../formats/rows.js';
import { type ArchiveEntry, DamagedEntry } from '../archives/archive-entry.js';
import { openArchive } from '../archives/open-archive.js';
import { type ImageHeader, inspectImage } from '../decoding/inspect-image.js';
import type { ImagePlan } from '../image-plan.js';
import { fileKindOf, partsOf } from './image-place.js';
import { isLabelList, type LabelList, parseLabelList } from './label-list.js';

/** What is known of each image stays in memory: about 1 KiB. */
const MAX_IMAGES = 500_000;
const EXAMPLES = 5;
/** Progress is reported after this many images. */
const REPORTED = 100;

/** A file that is called like an image. */
export interface SurveyedImage {
  readonly path: string;
  /** Index into the plan's sources. */
  readonly source: number;
  /** Undefined: it cannot be read. */
  readonly header: ImageHeader | undefined;
  /** Why it cannot be read. */
  readonly flaw: string | undefined;
}

/** Files that are no images, with examples. */
export interface OtherFiles {
  readonly count: number;
  readonly examples: readonly string[];
}

export interface Survey {
  /** In the order of the sources and archives. */
  readonly images: readonly SurveyedImage[];
  readonly labels: LabelList | undefined;
  /** Hidden files, and what operating systems leave. */
  readonly system: OtherFiles;
  readonly other: OtherFiles;
}

export async function surveyArchives(
  { sources, reading, limits }: Pick<ImagePlan, 'sources' | 'reading' | 'limits'>,
  folder: string,
  onImages: (count: number) => void,
): Promise<Survey> {
  const surveyor = new Surveyor(reading.labelsFile, onImages);
  const budget = { maxBytes: limits.maxUnpackedBytes, usedBytes: 0 };
  for (const [source, { file, filename }] of sources.entries()) {
    for await (const entry of openArchive(join(folder, file), { filename, budget })) await surveyor.add(entry, source);
  }
  return surveyor.end();
}

class Surveyor {
  readonly #labelsFile: string | undefined;
  readonly #onImages: (count: number) => void;
  readonly #images: SurveyedImage[] = [];
  readonly #lists: LabelList[] = [];
  readonly #system = new FileCounter();
  readonly #other = new FileCounter();

  constructor(labelsFile: string | undefined, onImages: (count: number) => void) {
    this.#labelsFile = labelsFile;
    this.#onImages = onImages;
  }

  async add({ path, read }: ArchiveEntry, source: number): Promise<void> {
    const kind = fileKindOf(path);
    if (kind === 'image') await this.#addImage(path, source, read);
    else if (kind === 'csv' && isWanted(path, this.#labelsFile))
      this.#lists.push(parseLabelList(path, await read().catch(refuse(path))));
    else (kind === 'system' ? this.#system : this.#other).add(path);
  }

  end(): Survey {
    const labels = onlyList(this.#lists, this.#labelsFile);
    return { images: this.#images, labels, system: this.#system, other: this.#other };
  }

  async #addImage(path: string, source: number, read: () => Promise<Buffer>): Promise<void> {
    if (this.#images.length >= MAX_IMAGES) throw tooMany();
    this.#images.push({ path, source, ...(await inspect(read)) });
    if (this.#images.length % REPORTED === 0) this.#onImages(this.#images.length);
  }
}

async function inspect(read: () => Promise<Buffer>): Promise<Pick<SurveyedImage, 'header' | 'flaw'>> {
  try {
    return { header: await inspectImage(await read()), flaw: undefined };
  } catch (error) {
    if (error instanceof DamagedEntry) return { header: undefined, flaw: error.message };
    throw error;
  }
}

function isWanted(path: string, labelsFile: string | undefined): boolean {
  if (labelsFile === undefined) return isLabelList(path);
  return partsOf(path).join('/') === partsOf(labelsFile).join('/');
}

function onlyList(lists: readonly LabelList[], wanted: string | undefined): LabelList | undefined {
  const names = lists.map(({ path }) => path).join(', ');
  if (lists.length > 1)
    throw new FormatError(`expected one CSV of labels, got ${names}; choose one with --labels, or remove the others`);
  if (lists.length === 0 && wanted !== undefined)
    throw new FormatError(`expected the CSV of labels ${wanted} in the archive; check its path there`);
  return lists[0];
}

function refuse(path: string) {
  return (error: Error): never => {
    throw error instanceof DamagedEntry ? new FormatError(`${path}: the CSV of labels ${error.message}`) : error;
  };
}

function tooMany(): FormatError {
  return new FormatError(`expected at most ${MAX_IMAGES} images, got more; import them as several datasets`);
}

class FileCounter implements OtherFiles {
  count = 0;
  readonly examples: string[] = [];

  add(path: string): void {
    this.count++;
    if (this.examples.length < EXAMPLES) this.examples.push(path);
  }
}
