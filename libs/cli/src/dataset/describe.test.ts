import { expect, it } from 'vitest';
import { imagesText } from './describe.js';

it('describes images by formats, original sizes and channels, and what was changed', () => {
  const images = {
    sizes: [
      { value: '640x480', count: 8 },
      { value: '32x32', count: 1 },
    ],
    differentSizes: 2,
    formats: [{ value: 'jpeg', count: 9 }],
    channels: [{ channel: 'grey', mean: 120.12345678, stdDev: 60 }],
    ...{ animated: 0, transparent: 2, oriented: 1 },
  };
  const statistics = {
    ...{ count: 9, missing: 0, uniqueIsApproximate: false, quantiles: [], histogram: [], topValues: [] },
    ...{ targetsByValue: null, images },
  };
  const column = { name: 'image', type: null, role: 'input', nullable: false };
  expect(imagesText([{ column, statistics }])).toBe(
    [
      'Images of image: jpeg 9; 2 transparent (on black); 1 turned by EXIF',
      'Original sizes:  640x480 8, 32x32 1',
      'Channels:        grey mean 120.123, std 60',
      '',
    ].join('\n'),
  );
  expect(imagesText([{ column, statistics: { ...statistics, images: null } }])).toBe('');
});
