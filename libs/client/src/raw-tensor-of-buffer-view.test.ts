import { expect, it } from 'vitest';
import { decodeRaw } from './raw-tensor.js';

// Buffer.slice() is a view: decoding a message's bytes read the beginning of the whole message instead.
it('a tensor inside a larger buffer is read at its offset', () => {
  const message = Buffer.from([9, 9, 9, 9, 1, 2, 3, 4]);
  expect([...(decodeRaw('UINT8', message.subarray(4)) as Uint8Array)]).toEqual([1, 2, 3, 4]);
  const floats = Buffer.concat([Buffer.from([7]), Buffer.from(Float32Array.of(1.5, -2).buffer)]);
  expect([...(decodeRaw('FP32', floats.subarray(1)) as Float32Array)]).toEqual([1.5, -2]);
});
