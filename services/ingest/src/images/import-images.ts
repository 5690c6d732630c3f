// One import of image archives, in its own process: survey → stored form → pixels → checks → splits → version.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SPLITS, type SplitName, writeDictionary } from '@athanor/data';
import { type OnChildPhase, RESULT_FOLDER, SCRATCH_FOLDER } from '../child-process/child-message.js';
import { FormatError } from '../formats/rows.js';
import { type SplitRule, splitOf } from '../splitting/split.js';
import { expectSplits } from '../tables/findings/loss-rules.js';
import { type DecodedImage, decodeArchives, rowBytesOf } from './decoding/decode-archives.js';
import type { StoredForm } from './decoding/decode-image.js';
import { chooseSize } from './decoding/stored-size.js';
import { findFlaws, reportFiles } from './findings/find-flaws.js';
import { expectImageClasses, expectImages, expectUsable } from './findings/loss-rules.js';
import { writeFlaws } from './findings/write-flaws.js';
import type { AppliedImageReading, ImagePlan, ImageResult } from './image-plan.js';
import { partsOf } from './layout/image-place.js';
import { type PlacedImage, placeImages } from './layout/place-images.js';
import { type Survey, surveyArchives } from './layout/survey.js';
import { imageColumns, LABEL } from './version/columns.js';
import { columnStatistics, PixelStatistics } from './version/pixel-statistics.js';
import { writeSplits } from './version/write-splits.js';

export async function importImages(plan: ImagePlan, folder: string, onPhase: OnChildPhase): Promise<ImageResult> {
  const survey = await surveyArchives(plan, folder, count => onPhase('READING', count, 0));
  expectImages(survey);
  const images = placeImages(survey, plan.sources);
  expectUsable(images);
  const form = chooseForm(images, plan);
  const pixelFile = join(folder, SCRATCH_FOLDER, 'pixels');
  const onImages = (count: number) => onPhase('READING', count, images.length);
  const result = await decodeArchives({ plan, folder, images, form, pixelFile, onImages });
  onPhase('CHECKING', 0, images.length);
  const found = findFlaws(images, result, plan.checks);
  const classes = expectImageClasses(images, found, plan.acceptLoss);
  const kept = found.kept.map(index => images[index]!);
  const partitions = SPLITS.filter(split => images.some(({ partition }) => partition === split));
  const split = fractionsOf(plan, kept);
  const statistics = new PixelStatistics(form.channels);
  const columns = imageColumns(form);
  const splits = await writeSplits({
    ...{ images, form, columns, classes, partitions, pixelFile, folder, statistics },
    rows: assignSplits(images, { kept: found.kept, decoded: result.decoded, split }),
    name: RESULT_FOLDER,
    onRows: (completed, total) => onPhase('WRITING', completed, total),
  });
  expectSplits(splits, {
    split,
    keptRows: kept.length,
    hasTest: split.testFraction === 0,
    acceptLoss: plan.acceptLoss,
  });
  const dictionaryFile = `${RESULT_FOLDER}/classes.safetensors`;
  await writeFile(join(folder, dictionaryFile), writeDictionary(classes));
  const files = await writeFlaws(found, { images, sources: plan.sources }, { folder, name: RESULT_FOLDER });
  const paths = new Set(images.map(({ path }) => partsOf(path).join('/')));
  return {
    columns: columns.map(each => (each.name === LABEL ? { ...each, dictionaryFile, entries: classes.length } : each)),
    statistics: columnStatistics(kept, classes, statistics),
    rowsRead: images.length,
    findings: [...found.summaries, ...reportFiles(survey, paths)],
    ...files,
    ...{ splits, partitions },
    applied: applied(form, survey),
  };
}

function chooseForm(images: readonly PlacedImage[], { reading, limits }: ImagePlan): StoredForm {
  const headers = images.flatMap(({ header }) => header ?? []);
  const { width, height } = reading.size ?? chooseSize(headers);
  const form = { width, height, channels: headers.every(({ isGrey }) => isGrey) ? 1 : 3, fit: reading.fit } as const;
  const bytes = images.length * rowBytesOf(form);
  if (bytes <= limits.maxUnpackedBytes) return form;
  throw new FormatError(
    `${images.length} images of ${width}x${height} pixels have ${bytes} bytes, more than the ${limits.maxUnpackedBytes} that a version may have; choose a smaller --image-size, or raise the limit of the service`,
  );
}

/** A split that is given is not drawn from the training images. */
function fractionsOf({ split }: ImagePlan, kept: readonly PlacedImage[]): SplitRule {
  const isGiven = (name: SplitName) => kept.some(({ partition }) => partition === name);
  return {
    ...split,
    testFraction: isGiven('test') ? 0 : split.testFraction,
    validationFraction: isGiven('validation') ? 0 : split.validationFraction,
  };
}

function assignSplits(
  images: readonly PlacedImage[],
  work: { readonly kept: readonly number[]; readonly decoded: readonly DecodedImage[]; readonly split: SplitRule },
): Record<SplitName, number[]> {
  const rows: Record<SplitName, number[]> = { train: [], validation: [], test: [] };
  const hashes = new Map(work.decoded.map(({ index, hash }) => [index, hash]));
  for (const index of work.kept) {
    const { partition } = images[index]!;
    rows[partition === 'train' ? splitOf(hashes.get(index)!, work.split) : partition].push(index);
  }
  return rows;
}

function applied({ width, height, channels, fit }: StoredForm, { labels }: Survey): AppliedImageReading {
  return {
    ...{ height, width, channels, fit, colour: channels === 1 ? 'grey' : 'sRGB' },
    ...{ background: 'black', orientation: 'exif', frame: 'first', labels: labels?.path ?? 'folders' },
  };
}
