import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type NumericTensor, tensor } from '../tensor.js';
import { SafetensorsError } from './format.js';
import { readSafetensors } from './read.js';
import { writeSafetensors } from './write.js';

function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.byteLength + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  file.set(json, 8);
  return file;
}

const f32 = (begin: number, end: number) => ({ dtype: 'F32', shape: [(end - begin) / 4], data_offsets: [begin, end] });

test('the bytes are those that the format prescribes', () => {
  const file = writeSafetensors({
    tensors: new Map<string, NumericTensor>([
      ['b', tensor('UINT8', [1], Uint8Array.of(7))],
      ['a', tensor('FP32', [1], Float32Array.of(1))],
    ]),
    metadata: { k: 'v' },
  });
  const header =
    '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
    '"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}';
  expect(new TextDecoder().decode(file.subarray(8, 8 + header.length))).toBe(header);
  expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
  expect([...file.subarray(-5)]).toEqual([0, 0, 0x80, 0x3f, 7]);
});

test('insertion order does not change the bytes', () => {
  const a: [string, NumericTensor] = ['a', tensor('FP32', [2], Float32Array.of(1, 2))];
  const b: [string, NumericTensor] = ['b', tensor('FP64', [1], Float64Array.of(3))];
  const there = writeSafetensors({ tensors: new Map([a, b]), metadata: { x: '1', y: '2' } });
  const back = writeSafetensors({ tensors: new Map([b, a]), metadata: { y: '2', x: '1' } });
  expect(back).toEqual(there);
});

test('what was written is read back, whatever the names and values', () => {
  const values = fc.array(fc.float({ noNaN: true })).map(xs => tensor('FP32', [xs.length], Float32Array.from(xs)));
  const ints = fc.array(fc.bigInt(-5n, 5n)).map(xs => tensor('INT64', [xs.length], BigInt64Array.from(xs)));
  const name = fc.string().filter(text => text !== '__metadata__');
  const files = fc.uniqueArray(fc.tuple(name, fc.oneof(values, ints)), { selector: ([key]) => key });
  fc.assert(
    fc.property(files, entries => {
      const tensors = new Map<string, NumericTensor>(entries);
      const { tensors: read } = readSafetensors(writeSafetensors({ tensors }));
      expect(new Map([...read].sort())).toEqual(new Map([...tensors].sort()));
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['a file shorter than its length field', new Uint8Array(3), 'at least 8 bytes, received 3'],
  ['a header longer than the file', fileOf('{}', 0).fill(9, 0, 1), 'the header ends at byte 17, the file at 10'],
  ['a header beyond the limit', new Uint8Array(8).fill(0x0f), 'may have 100000000 bytes'],
  ['a header that is not JSON', fileOf('{"a"', 0), 'is not JSON'],
  ['a header that is not an object', fileOf([], 0), 'must be a JSON object'],
  [
    'an unknown dtype',
    fileOf({ a: { dtype: 'F8', shape: [1], data_offsets: [0, 1] } }, 1),
    'dtype F8, expected one of',
  ],
  ['overlapping tensors', fileOf({ a: f32(0, 8), b: f32(4, 12) }, 12), '"b" begins at 4, expected 8: it overlaps'],
  ['a hole', fileOf({ a: f32(0, 4), b: f32(8, 12) }, 12), '"b" begins at 8, expected 4: it leaves a hole'],
  ['a tensor past the end', fileOf({ a: f32(0, 8) }, 4), '"a" ends at 8, the file has 4 bytes'],
  ['bytes that no tensor owns', fileOf({ a: f32(0, 4) }, 8), 'describes 4 bytes of data, the file has 8'],
  ['offsets in reverse', fileOf({ a: { dtype: 'F32', shape: [0], data_offsets: [4, 0] } }, 4), 'before it begins'],
  ['a negative offset', fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }, 4), 'whole numbers ≥ 0'],
  [
    'a size that differs',
    fileOf({ a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, 8),
    '12 bytes, its offsets span 8',
  ],
  ['metadata that is not text', fileOf({ __metadata__: { a: 1 } }, 0), 'map strings to strings'],
  [
    'a duplicate key',
    fileOf(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
      2,
    ),
    'leaves a hole',
  ],
])('refuses %s', (_, file, message) => {
  expect(() => readSafetensors(file)).toThrow(SafetensorsError);
  expect(() => readSafetensors(file)).toThrow(message);
});

test('refuses a shape whose size overflows', () => {
  const file = fileOf({ a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, 4);
  expect(() => readSafetensors(file)).toThrow('more elements than 2^53');
});
