import type { ImageReading } from '@athanor/contracts/ingest';
import { expect, it } from 'vitest';
import { fromImageReading, toImageReading } from './image-reading.js';

function read(changes: Partial<ImageReading> | null) {
  const problems: string[] = [];
  const message =
    changes === null ? null : ({ fit: 'IMAGE_FIT_UNSPECIFIED', labelsFile: '', ...changes } as ImageReading);
  const reading = toImageReading(message, (holds, field, description) => {
    if (!holds) problems.push(`${field}: ${description}`);
  });
  return { reading, problems };
}

const size = (height: number, width: number) =>
  ({ height, width, _height: 'height', _width: 'width' }) as Partial<ImageReading>;

it('covers a size that is chosen, unless something else is said', () => {
  expect(read(null)).toEqual({ reading: { fit: 'cover' }, problems: [] });
  expect(read({ ...size(20, 30), fit: 'IMAGE_FIT_CONTAIN', labelsFile: 'a.csv' })).toEqual({
    reading: { size: { height: 20, width: 30 }, fit: 'contain', labelsFile: 'a.csv' },
    problems: [],
  });
});

it('refuses half a size, and sides without a pixel or of a huge row', () => {
  expect(read({ height: 20, _height: 'height' } as Partial<ImageReading>).problems).toEqual([
    'recipe.images: expected height and width, or none of them, got one',
  ]);
  expect(read(size(0, 4_000)).problems).toEqual([
    'recipe.images.height: expected 1 to 2048 pixels, got 0',
    'recipe.images.width: expected 1 to 2048 pixels, got 4000',
  ]);
});

it('becomes the message that it was read from', () => {
  expect(fromImageReading({ size: { height: 1, width: 2 }, fit: 'stretch' })).toEqual({
    ...{ height: 1, width: 2, fit: 'IMAGE_FIT_STRETCH', labelsFile: '' },
  });
});
