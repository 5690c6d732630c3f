import { expect, it } from 'vitest';
import { fileKindOf, imagePlaceOf } from './image-place.js';

it.each([
  ['cat/1.jpg', undefined, 'cat'],
  ['train/cat/1.jpg', 'train', 'cat'],
  ['pets/Test/dog/1.jpg', 'test', 'dog'],
  ['pets/valid/a/b/1.jpg', 'validation', 'b'],
  ['1.jpg', undefined, undefined],
  ['train/1.jpg', 'train', undefined],
  ['train/test/1.jpg', 'train', 'test'],
  ['../../etc/1.jpg', undefined, 'etc'],
  ['/abs//cafe\u0301/./1.jpg', undefined, 'caf\u00e9'],
] as const)('%s is in partition %s with the label %s', (path, partition, label) => {
  expect(imagePlaceOf(path)).toEqual({ partition, label });
});

it.each([
  ['a/1.JPEG', 'image'],
  ['a/1.heic', 'image'],
  ['labels.CSV', 'csv'],
  ['a/notes.txt', 'other'],
  ['__MACOSX/a/._1.jpg', 'system'],
  ['a/.hidden/1.jpg', 'system'],
  ['a/Thumbs.db', 'system'],
] as const)('%s is a file of the kind %s', (path, kind) => {
  expect(fileKindOf(path)).toBe(kind);
});
