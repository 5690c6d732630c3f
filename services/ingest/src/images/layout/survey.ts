// The first pass over the archives: what is in them, and the headers of the images, by which the stored form is chosen.

import { join } from 'node:path';
import { FormatError } from '../../formats/rows.js';
import { DamagedEntry, toFlaw } from '../archives/archive-entry.js';
import { mapInOrder } from '../archives/map-in-order.js';
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

type SurveyPlan = Pick<ImagePlan, 'sources' | 'reading' | 'limits'>;

export async function surveyArchives(
  plan: SurveyPlan,
  folder: string,
  onImages: (count: number) => void,
): Promise<Survey> {
  const images: SurveyedImage[] = [];
  const lists: LabelList[] = [];
  const [system, other] = [new FileCounter(), new FileCounter()];
  for await (const file of mapInOrder(readFiles(plan, folder), plan.limits.threads, inspectFile)) {
    const { kind, path } = file;
    if (kind === 'image') images.push(file.image);
    else if (kind === 'labels') lists.push(file.list);
    else (kind === 'system' ? system : other).add(path);
    if (images.length > MAX_IMAGES) throw tooMany();
    if (kind === 'image' && images.length % REPORTED === 0) onImages(images.length);
  }
  return { images, labels: onlyList(lists, plan.reading.labelsFile), system, other };
}

interface ReadFile {
  readonly kind: 'image' | 'labels' | 'system' | 'other';
  readonly path: string;
  readonly source: number;
  /** Of an image or a list of labels. */
  readonly content?: Buffer | DamagedEntry;
}

async function* readFiles({ sources, reading, limits }: SurveyPlan, folder: string): AsyncGenerator<ReadFile> {
  const budget = { maxBytes: limits.maxUnpackedBytes, usedBytes: 0 };
  for (const [source, { file, filename }] of sources.entries()) {
    for await (const { path, read } of openArchive(join(folder, file), { filename, budget })) {
      const named = fileKindOf(path);
      const kind = named === 'csv' ? (isWanted(path, reading.labelsFile) ? 'labels' : 'other') : named;
      const isRead = kind === 'image' || kind === 'labels';
      yield { kind, path, source, ...(isRead && { content: await read().catch(toFlaw) }) };
    }
  }
}

type InspectedFile = { readonly path: string } & (
  | { readonly kind: 'image'; readonly image: SurveyedImage }
  | { readonly kind: 'labels'; readonly list: LabelList }
  | { readonly kind: 'system' | 'other' }
);

async function inspectFile({ kind, path, source, content }: ReadFile): Promise<InspectedFile> {
  if (kind === 'system' || kind === 'other') return { kind, path };
  if (content === undefined) throw new Error(`expected the content of ${path}`);
  if (kind === 'labels') return { kind, path, list: toLabelList(path, content) };
  const header = content instanceof DamagedEntry ? content : await inspectImage(content).catch(toFlaw);
  const isDamaged = header instanceof DamagedEntry;
  const facts = isDamaged ? { header: undefined, flaw: header.message } : { header, flaw: undefined };
  return { kind, path, image: { path, source, ...facts } };
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

function toLabelList(path: string, content: Buffer | DamagedEntry): LabelList {
  if (content instanceof DamagedEntry) throw new FormatError(`${path}: the CSV of labels ${content.message}`);
  return parseLabelList(path, content);
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
