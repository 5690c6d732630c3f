import { expect, test } from 'vitest';
import { adviceForFile } from './file-kind.js';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

test.each([
  ['PK\x03\x04', 'this is a zip archive; unpack it and import the folder'],
  ['\x1f\x8b\x08', 'this is a gzip file'],
  ['\x80\x04\x95', 'this is a Python pickle'],
  ['\n<!DOCTYPE html>', 'this is an HTML or XML page'],
  ['version https://git-lfs.github.com/spec/v1', 'git lfs pull'],
  ['\x1c\x00\x00\x00TFL3', 'this is a FlatBuffers model'],
  ['{"error": "not found"}', 'this is a JSON file'],
  ['\x89HDF\r\n', 'this is an HDF5 file'],
  ['', 'the file is empty'],
])('%j is named', (head, advice) => {
  expect(adviceForFile(bytes(head))).toContain(advice);
});

test('an ONNX file gets no advice', () => {
  // ir_version 8, producer_name "pytorch"
  expect(adviceForFile(bytes('\x08\x08\x12\x07pytorch'))).toBeUndefined();
});
