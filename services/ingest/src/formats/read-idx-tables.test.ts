import { describe, expect, test } from 'vitest';
import { readIdxTables, type SourceBytes } from './read-idx-tables.js';

const MAX_BYTES = 1_000_000;

function idx(filename: string, dimensions: number[], values: number[], place: Partial<SourceBytes> = {}): SourceBytes {
  const header = Buffer.from([0, 0, 8, dimensions.length, ...dimensions.flatMap(size => [0, 0, 0, size])]);
  const bytes = Buffer.concat([header, Buffer.from(values)]);
  return { filename, role: 'ROLE_FEATURES', partition: 'train', bytes, ...place };
}

const labels = { role: 'ROLE_LABELS' } as const;
const images = idx('images', [2, 1, 2], [1, 2, 3, 4]);
describe('IDX sources', () => {
  test('become one table per partition', () => {
    const test = { partition: 'test' };
    const sources = [
      images,
      idx('labels', [2], [7, 8], labels),
      idx('t', [1, 1, 2], [5, 6], test),
      idx('tl', [1], [7], { ...labels, ...test }),
    ];
    expect(readIdxTables(sources, MAX_BYTES)).toMatchObject([
      { partition: 'train', rows: 2, labels: ['7', '8'], bytesPerRow: 2, type: { shape: [1, 2] } },
      { partition: 'test', rows: 1, labels: ['7'] },
    ]);
  });

  test.each([
    [
      'different numbers of labels and images',
      [images, idx('labels', [3], [7, 8, 9], labels)],
      'labels has 3 labels, but images has 2 rows; upload files that belong together',
    ],
    [
      'labels without images',
      [idx('labels', [2], [7, 8], labels)],
      "partition 'train': expected a features file for its labels, got none",
    ],
    [
      'a labels file instead of images',
      [idx('labels', [2], [7, 8])],
      'labels: expected rows of values, got single values; is it a labels file?',
    ],
    [
      'images instead of labels',
      [images, idx('more', [2, 1, 2], [1, 2, 3, 4], labels)],
      'more: expected one label per row, got 1 × 2 values; is it a features file?',
    ],
    ['no rows', [idx('images', [0, 1, 2], [])], 'images: expected rows, got none'],
    [
      'images without a pixel',
      [idx('images', [2, 0, 2], [])],
      'images: expected values in each row, got rows of 0 × 2',
    ],
    [
      'partitions of different shapes',
      [images, idx('t', [1, 2, 2], [1, 2, 3, 4], { partition: 'test' })],
      "partition 'test' has images [2, 2], but 'train' has [1, 2]; make them equal",
    ],
    [
      'labels in one partition only',
      [images, idx('l', [2], [1, 2], labels), idx('t', [1, 1, 2], [5, 6], { partition: 'test' })],
      'expected labels in every partition or in none',
    ],
  ])('refuse %s', (_, sources, message) => {
    expect(() => readIdxTables(sources, MAX_BYTES)).toThrow(message);
  });
});
