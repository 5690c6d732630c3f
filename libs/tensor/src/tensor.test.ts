import { expect, test } from 'vitest';
import { byteSizeOf, dtypes, fromOnnxElemType, toOnnxElemType } from './dtype.js';
import { elementCount, normalizeAxis, rowMajorStrides } from './shape.js';
import { bytesOf, int64, tensor, tensorFromBytes, zeros } from './tensor.js';

test('every dtype survives the way to its ONNX element type and back', () => {
  for (const dtype of dtypes) expect(fromOnnxElemType(toOnnxElemType(dtype))).toBe(dtype);
  expect(fromOnnxElemType(17)).toBeUndefined(); // FLOAT8E4M3FN
});

test('byte sizes are those of the Open Inference Protocol', () => {
  expect(['BOOL', 'FP16', 'INT32', 'FP64', 'BYTES'].map(name => byteSizeOf(name as never))).toEqual([1, 2, 4, 8, 0]);
});

test('a tensor whose data does not fill its shape is refused with both counts', () => {
  expect(() => tensor('FP32', [2, 3], new Float32Array(5))).toThrow('FP32 [2,3] needs 6 elements, received 5');
});

test('a shape with a negative or fractional dimension is refused', () => {
  expect(() => elementCount([2, -1])).toThrow('received -1 in [2,-1]');
  expect(() => elementCount([1.5])).toThrow('received 1.5');
  expect(elementCount([])).toBe(1);
  expect(elementCount([3, 0])).toBe(0);
});

test('strides are row-major and axes count from either end', () => {
  expect(rowMajorStrides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(normalizeAxis(-1, 3)).toBe(2);
  expect(() => normalizeAxis(3, 3)).toThrow('axis 3 is outside [-3, 2]');
});

test('bytes are viewed where they are aligned and copied where they are not', () => {
  const bytes = new Uint8Array(12).fill(1);
  const aligned = tensorFromBytes('INT32', [2], bytes.subarray(4, 12));
  const misaligned = tensorFromBytes('INT32', [2], bytes.subarray(1, 9));
  expect(aligned.data.buffer).toBe(bytes.buffer);
  expect(misaligned.data.buffer).not.toBe(bytes.buffer);
  expect([...misaligned.data]).toEqual([0x01010101, 0x01010101]);
  expect(() => tensorFromBytes('FP64', [2], bytes)).toThrow('FP64 [2] needs 16 bytes, received 12');
});

test('a misaligned Node.js Buffer is copied, although its slice() would be a view', () => {
  const buffer = Buffer.from(Uint8Array.from({ length: 9 }, (_, index) => index)).subarray(1);
  const misaligned = buffer.byteOffset % 8 === 0 ? Buffer.concat([Buffer.of(0), buffer]).subarray(1) : buffer;
  expect(tensorFromBytes('INT64', [1], misaligned).data[0]).toBe(0x0807060504030201n);
});

test('int64 takes numbers and bigints, and its bytes are little-endian', () => {
  expect([...bytesOf(int64([2], [1, 2n]))]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
  expect(zeros('FP16', [2]).data).toEqual(new Uint16Array(2));
});
