import { describe, expect, test } from 'vitest';
import { type Datatype, decodeRaw, encodeRaw, type TensorData, toTensorData } from './raw-tensor.js';

const CASES: readonly [Datatype, TensorData, string][] = [
  ['BOOL', Uint8Array.of(1, 0), '0100'],
  ['UINT8', Uint8Array.of(7, 255), '07ff'],
  ['INT8', Int8Array.of(-1), 'ff'],
  ['UINT16', Uint16Array.of(258), '0201'],
  ['INT16', Int16Array.of(-2), 'feff'],
  ['UINT32', Uint32Array.of(1), '01000000'],
  ['INT32', Int32Array.of(-2), 'feffffff'],
  ['UINT64', BigUint64Array.of(2n ** 64n - 1n), 'ffffffffffffffff'],
  ['INT64', BigInt64Array.of(-2n), 'feffffffffffffff'],
  ['FP16', Uint16Array.of(0x3c00), '003c'],
  ['BF16', Uint16Array.of(0x3f80), '803f'],
  ['FP32', Float32Array.of(1.5), '0000c03f'],
  ['FP64', Float64Array.of(-0.5), '000000000000e0bf'],
];

describe('raw contents', () => {
  test.each(CASES)('of %s are little-endian and decode to the same values', (datatype, data, hex) => {
    expect(encodeRaw({ datatype, data }).toString('hex')).toBe(hex);
    expect(decodeRaw(datatype, Buffer.from(hex, 'hex'))).toEqual(data);
  });

  test('of BYTES have a length before each element', () => {
    const data = [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('é')];
    const raw = encodeRaw({ datatype: 'BYTES', data });
    expect(raw.toString('hex')).toBe('02000000' + '6162' + '00000000' + '02000000' + 'c3a9');
    expect((decodeRaw('BYTES', raw) as Uint8Array[]).map(each => Buffer.from(each).toString())).toEqual([
      'ab',
      '',
      'é',
    ]);
  });

  test('of a view are those of the view alone', () => {
    expect(encodeRaw({ datatype: 'UINT8', data: Uint8Array.of(1, 2, 3).subarray(1) }).toString('hex')).toBe('0203');
  });

  test('bug: truncated contents were read as fewer values', () => {
    expect(() => decodeRaw('FP32', Buffer.alloc(6))).toThrow(/FP32.*6 bytes.*multiple of 4/);
    expect(() => decodeRaw('BYTES', Buffer.from([5, 0, 0, 0, 1]))).toThrow(/BYTES/);
    expect(() => decodeRaw('BYTES', Buffer.from([1, 0]))).toThrow(/BYTES/);
  });
});

describe('toTensorData', () => {
  test("converts to the datatype's values", () => {
    expect(toTensorData('FP32', [1, 2.5])).toEqual(Float32Array.of(1, 2.5));
    expect(toTensorData('INT64', [1, -2])).toEqual(BigInt64Array.of(1n, -2n));
    expect(toTensorData('UINT64', ['18446744073709551615'])).toEqual(BigUint64Array.of(2n ** 64n - 1n));
    expect(toTensorData('UINT8', [0, 255])).toEqual(Uint8Array.of(0, 255));
    expect(toTensorData('BOOL', [true, false])).toEqual(Uint8Array.of(1, 0));
    expect(toTensorData('BYTES', ['ab'])).toEqual([Buffer.from('ab')]);
  });

  test.each([
    ['FP32', [1, 'x'], 'element 1: FP32 expects a number up to 3.4e38, got "x"'],
    ['FP32', [null], 'element 0: FP32 expects a number up to 3.4e38, got null'],
    ['FP32', [1e39], 'element 0: FP32 expects a number up to 3.4e38, got 1e+39'],
    ['FP64', ['2.5'], 'element 0: FP64 expects a number, got "2.5"'],
    ['UINT8', [1, 2, 300], 'element 2: UINT8 expects a whole number from 0 to 255, got 300'],
    ['UINT8', [1.5], 'element 0: UINT8 expects a whole number from 0 to 255, got 1.5'],
    ['INT8', [-129], 'element 0: INT8 expects a whole number from -128 to 127, got -129'],
    ['UINT64', [-1], 'element 0: UINT64 expects a whole number from 0 to 18446744073709551615'],
    ['INT64', [1.5], 'element 0: INT64 expects a whole number'],
    ['BOOL', [2], 'element 0: BOOL expects true, false, 1 or 0, got 2'],
    ['BYTES', [7], 'element 0: BYTES expects a string, got 7'],
  ] as const)('bug: values out of range for %s were changed: %j', (datatype, values, message) => {
    expect(() => toTensorData(datatype, values)).toThrow(message);
  });

  test('bug: numbers were used as bits of 16-bit floats', () => {
    expect(() => toTensorData('FP16', [1.5])).toThrow(/FP16.*FP32/);
    expect(() => toTensorData('BF16', [1.5])).toThrow(/BF16.*FP32/);
  });
});
