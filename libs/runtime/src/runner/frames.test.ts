import { int64, type Tensor, tensor } from '@athanor/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader } from './frame-reader.js';
import { encodeFrame, type Frame } from './frames.js';

const tensors = fc.dictionary(
  fc.string({ minLength: 1 }),
  fc.oneof(
    fc.array(fc.string({ unit: 'grapheme' })).map((texts): Tensor => tensor('BYTES', [texts.length], texts)),
    fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
      .map((values): Tensor => int64([values.length], values)),
    fc.uint8Array().map((bytes): Tensor => tensor('UINT8', [bytes.length], bytes)),
    fc.float32Array().map((values): Tensor => tensor('FP32', [values.length, 1], values)),
  ),
);
const frames = fc.record({ message: fc.jsonValue(), tensors, bytes: fc.option(fc.uint8Array(), { nil: undefined }) });

test('frames arrive as they were sent, whatever the chunks', () => {
  fc.assert(
    fc.property(
      fc.array(frames, { maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (sent, sizes) => {
        const stream = Buffer.concat(sent.flatMap(frame => encodeFrame(frame)));
        const received: Frame[] = [];
        const reader = new FrameReader(frame => received.push(frame));
        for (let offset = 0; offset < stream.length; ) {
          const size = sizes.next().value as number;
          reader.add(stream.subarray(offset, offset + size));
          offset += size;
        }
        expect(received.map(plain)).toEqual(sent.map(plain));
      },
    ),
  );
});

// -0 is 0 in JSON.
const plain = ({ message, tensors: values, bytes }: Frame) => ({
  message: JSON.parse(JSON.stringify(message)) as unknown,
  tensors: Object.entries(values ?? {}).map(([name, { dtype, shape, data }]) => [name, dtype, shape, [...data]]),
  bytes: bytes && [...bytes],
});

test('bug: a tensor named like the prototype of objects was lost', () => {
  const received: Frame[] = [];
  const reader = new FrameReader(frame => received.push(frame));
  const tensors = Object.fromEntries([['__proto__', tensor('UINT8', [1], Uint8Array.of(7))]]);
  reader.add(Buffer.concat(encodeFrame({ message: 0, tensors })));
  expect(received.map(plain)).toEqual([plain({ message: 0, tensors })]);
});

test('tensors are not views of a chunk that is used again', () => {
  const received: Frame[] = [];
  const reader = new FrameReader(frame => received.push(frame));
  const chunk = Buffer.concat(encodeFrame({ message: 0, tensors: { x: tensor('UINT8', [2], Uint8Array.of(1, 2)) } }));
  reader.add(chunk);
  chunk.fill(9);
  expect([...received[0]!.tensors!.x!.data]).toEqual([1, 2]);
});
