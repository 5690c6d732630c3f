import type { ImageReading as ImageReadingMessage } from '@athanor/contracts/ingest';
import type { ImageReading } from '../images/image-plan.js';
import type { Expect } from './expect.js';

const FITS = {
  IMAGE_FIT_UNSPECIFIED: 'cover',
  IMAGE_FIT_COVER: 'cover',
  IMAGE_FIT_CONTAIN: 'contain',
  IMAGE_FIT_STRETCH: 'stretch',
} as const;

/** A larger side makes rows of several megabytes. */
const MAX_SIDE = 2_048;

export function toImageReading(reading: ImageReadingMessage | null, expect: Expect): ImageReading {
  const { height, width, fit = 'IMAGE_FIT_UNSPECIFIED', labelsFile = '' } = reading ?? {};
  const [hasHeight, hasWidth] = [reading?._height !== undefined, reading?._width !== undefined];
  expect(hasHeight === hasWidth, 'recipe.images', 'expected height and width, or none of them, got one');
  for (const [name, side] of Object.entries({ height, width })) {
    const isSide = side === undefined || (side >= 1 && side <= MAX_SIDE);
    if (name === 'height' ? hasHeight : hasWidth)
      expect(isSide, `recipe.images.${name}`, `expected 1 to ${MAX_SIDE} pixels, got ${side}`);
  }
  return {
    ...(hasHeight && hasWidth && height !== undefined && width !== undefined && { size: { height, width } }),
    fit: FITS[fit],
    ...(labelsFile !== '' && { labelsFile }),
  };
}

const FIT_NAMES = { cover: 'IMAGE_FIT_COVER', contain: 'IMAGE_FIT_CONTAIN', stretch: 'IMAGE_FIT_STRETCH' } as const;

export function fromImageReading({ size, fit, labelsFile = '' }: ImageReading) {
  return { ...size, fit: FIT_NAMES[fit], labelsFile };
}
