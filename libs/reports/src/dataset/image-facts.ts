import type { ImageStatistics, ValueCount } from '@athanor/contracts/ingest';
import type { Html } from '../html/markup.js';
import { fields } from '../html/table.js';
import { countText, numberText } from '../text/numbers.js';

const SIZES_SHOWN = 5;

/** What the images of a column were like before they got their stored size, and the channels of what is stored. */
export function imageFacts(images: ImageStatistics): Html {
  const { sizes, differentSizes, formats, channels, animated, transparent, oriented } = images;
  const counts = (values: readonly ValueCount[]) =>
    values.map(({ value, count }) => `${value} (${countText(count)})`).join(', ');
  const more = differentSizes > SIZES_SHOWN ? `, … ${countText(differentSizes)} sizes` : '';
  const whereAny = (count: number) => (count === 0 ? '' : countText(count));
  return fields([
    ['original sizes', counts(sizes.slice(0, SIZES_SHOWN)) + more],
    ['formats', counts(formats)],
    ...channels.map(
      ({ channel, mean, stdDev }) => [channel, `mean ${numberText(mean)}, std ${numberText(stdDev)}`] as const,
    ),
    ['animated, first frame', whereAny(animated)],
    ['transparent, on black', whereAny(transparent)],
    ['turned by EXIF', whereAny(oriented)],
  ]);
}
