import { expect, test } from 'vitest';
import { narrowToBfloat16, widenBfloat16 } from './bfloat16.js';
import { tensor } from './tensor.js';

test('BF16 is the upper half of FP32', () => {
  // 1, -2, infinity, the smallest normal number, 3.140625: bits of IEEE 754, truncated.
  const bytes = Uint8Array.of(0x80, 0x3f, 0x00, 0xc0, 0x80, 0x7f, 0x80, 0x00, 0x49, 0x40);
  const widened = widenBfloat16(bytes, [5]);
  expect([...widened.data]).toEqual([1, -2, Number.POSITIVE_INFINITY, 2 ** -126, 3.140625]);
  expect(narrowToBfloat16(widened)).toEqual(bytes);
});

test('every pattern of 16 bits survives, not-a-numbers included', () => {
  const bytes = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer);
  expect(narrowToBfloat16(widenBfloat16(bytes, [65_536]))).toEqual(bytes);
});

test('another datatype is refused', () => {
  expect(() => narrowToBfloat16(tensor('UINT8', [1], Uint8Array.of(1)))).toThrow(
    'expected FP32 for a BF16 output, got UINT8',
  );
});
