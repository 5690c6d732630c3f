// Statistics of the columns of a version of images.

import { byteStatistics, categoryStatistics } from '../../statistics/column-statistics.js';
import type { ChannelStatistics, ColumnStatistics, ImageStatistics } from '../../tables/table-plan.js';
import type { ImageHeader } from '../decoding/inspect-image.js';
import type { PlacedImage } from '../layout/place-images.js';
import { IMAGE, LABEL, PATH } from './columns.js';

const TOP_SIZES = 20;
const CHANNELS = { 1: ['grey'], 3: ['red', 'green', 'blue'] } as const;

/** Counts the values of each channel: exact, and independent of the order of the images. */
export class PixelStatistics {
  readonly #channels: 1 | 3;
  readonly #frequencies: readonly Float64Array[];

  constructor(channels: 1 | 3) {
    this.#channels = channels;
    this.#frequencies = CHANNELS[channels].map(() => new Float64Array(256));
  }

  /** Pixels of whole images. */
  add(pixels: Uint8Array): void {
    for (const [channel, counts] of this.#frequencies.entries())
      for (let at = channel; at < pixels.length; at += this.#channels) counts[pixels[at]!]!++;
  }

  channels(): ChannelStatistics[] {
    return this.#frequencies.map((counts, index) => {
      const { mean = 0, stdDev = 0 } = byteStatistics('', 0, counts).number ?? {};
      return { channel: CHANNELS[this.#channels][index]!, mean, stdDev };
    });
  }

  /** Of all channels together. */
  frequencies(): Float64Array {
    return Float64Array.from({ length: 256 }, (_, value) =>
      this.#frequencies.reduce((sum, counts) => sum + counts[value]!, 0),
    );
  }
}

/** In the order of the columns. */
export function columnStatistics(
  kept: readonly PlacedImage[],
  classes: readonly string[],
  pixels: PixelStatistics,
): ColumnStatistics[] {
  const labels = new Map(classes.map(label => [label, 0]));
  for (const { label } of kept) labels.set(label!, labels.get(label!)! + 1);
  const lengths = kept.map(({ path }) => [...path].length);
  return [
    { ...byteStatistics(IMAGE, kept.length, pixels.frequencies()), images: imageStatistics(kept, pixels) },
    categoryStatistics(LABEL, labels),
    {
      ...{ column: PATH, count: kept.length, missing: 0 },
      text: {
        minLength: lengths.reduce((a, b) => Math.min(a, b)),
        maxLength: lengths.reduce((a, b) => Math.max(a, b)),
        meanLength: lengths.reduce((a, b) => a + b) / lengths.length,
      },
    },
  ];
}

function imageStatistics(kept: readonly PlacedImage[], pixels: PixelStatistics): ImageStatistics {
  const headers = kept.map(({ header }) => header!);
  const sizes = countValues(headers.map(({ width, height }) => `${width}x${height}`));
  const count = (holds: (header: ImageHeader) => boolean) => headers.filter(holds).length;
  return {
    sizes: sizes.slice(0, TOP_SIZES),
    differentSizes: sizes.length,
    formats: countValues(headers.map(({ format }) => format)),
    channels: pixels.channels(),
    animated: count(({ isAnimated }) => isAnimated),
    transparent: count(({ hasAlpha }) => hasAlpha),
    oriented: count(({ isOriented }) => isOriented),
  };
}

/** The most frequent first; equally frequent ones by their text. */
function countValues(values: readonly string[]): { value: string; rows: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, rows]) => ({ value, rows }))
    .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1));
}
