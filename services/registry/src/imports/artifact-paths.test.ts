import { expect, test } from 'vitest';
import { checkArtifactPaths } from './artifact-paths.js';

test('files have places of their own inside the artifact', () => {
  expect(checkArtifactPaths(['model.onnx', 'weights/encoder.bin', 'weights/decoder.bin', 'labels.txt'])).toEqual([]);
});

test.each([
  ['', /received none/],
  ['/etc/passwd', /absolute path/],
  ['C:/model.onnx', /absolute path/],
  ['../model.onnx', /'\.\.'/],
  ['a/../../b', /'\.\.'/],
  ['a/./b', /'\.'/],
  ['a//b', /empty name/],
  ['a/', /empty name/],
  ['a\\b', /backslash/],
  ['a\u0000b', /control character/],
  [`${'n'.repeat(256)}.onnx`, /names of at most 255 bytes/],
  ['a/'.repeat(600), /at most 1024 bytes/],
])('refuses %j', (path, description) => {
  expect(checkArtifactPaths(['model.onnx', path])).toEqual([
    { field: 'files[1].path', description: expect.stringMatching(description) },
  ]);
});

test('refuses two files at one place, and a file that is a folder of another one', () => {
  expect(checkArtifactPaths(['a', 'b/c', 'a', 'b', 'a/x'])).toMatchObject([
    { field: 'files[2].path', description: expect.stringMatching(/once/) },
    { field: 'files[3].path', description: expect.stringMatching(/a file or a folder/) },
    { field: 'files[4].path', description: expect.stringMatching(/a file or a folder/) },
  ]);
});

test('refuses no file, and more than a thousand', () => {
  expect(checkArtifactPaths([])).toMatchObject([{ field: 'files' }]);
  expect(checkArtifactPaths(Array.from({ length: 1_001 }, (_, index) => `f${index}`))).toMatchObject([
    { field: 'files', description: expect.stringMatching(/at most 1000 files, got 1001/) },
  ]);
});
