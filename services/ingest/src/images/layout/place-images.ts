import type { SplitName } from '@athanor/data';
import type { ImagePlan } from '../image-plan.js';
import { imagePlaceOf, partsOf } from './image-place.js';
import type { Survey, SurveyedImage } from './survey.js';

/** Partition and label of each image. */
export interface PlacedImage extends SurveyedImage {
  readonly partition: SplitName;
  /** Undefined: nothing says it. */
  readonly label: string | undefined;
  /** "<partition>/<ordinal in it>" */
  readonly rowId: string;
  readonly ordinal: number;
}

/** A source of the partition "test" has test images only; in others the folders or the list say it. */
export function placeImages({ images, labels }: Survey, sources: ImagePlan['sources']): PlacedImage[] {
  const ordinals: Record<SplitName, number> = { train: 0, validation: 0, test: 0 };
  return images.map(image => {
    const place = imagePlaceOf(image.path);
    const listed = labels?.images.get(partsOf(image.path).join('/'));
    const isTest = sources[image.source]?.partition === 'test';
    const partition = isTest ? 'test' : (listed?.partition ?? place.partition ?? 'train');
    const ordinal = ordinals[partition]++;
    const label = labels === undefined ? place.label : listed?.label || undefined;
    return { ...image, partition, label, ordinal, rowId: `${partition}/${ordinal}` };
  });
}
