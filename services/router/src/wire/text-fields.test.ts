import { serviceDefinition } from '@athanor/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readModelName, readRequestId } from './text-fields.js';

const definition = serviceDefinition('inference');
const encode = (method: string, message: object) => definition[method]!.requestSerialize(message);

describe('the model name of a request', () => {
  test.each([
    ['ModelInfer', { modelName: 'digits', modelVersion: '3', id: 'x', rawInputContents: [Buffer.alloc(100_000)] }],
    ['ModelReady', { name: 'digits', version: '1' }],
    ['ModelMetadata', { name: 'digits' }],
    ['ModelConfig', { name: 'digits', version: '2' }],
    ['ModelStatistics', { name: 'digits' }],
  ])('is read from %s', (method, message) => expect(readModelName(encode(method, message))).toBe('digits'));

  test('is empty if none is set', () => {
    expect(readModelName(encode('ModelStatistics', {}))).toBe('');
    expect(readModelName(encode('ModelInfer', { id: 'x', rawInputContents: [Buffer.from('abc')] }))).toBe('');
  });

  test('and the id, if set, are read from ModelInferRequest', () => {
    const message = { modelName: 'digits', modelVersion: '3', rawInputContents: [Buffer.alloc(100_000)] };
    expect(readRequestId(encode('ModelInfer', { ...message, id: 'request-7' }))).toBe('request-7');
    expect(readRequestId(encode('ModelInfer', message))).toBe('');
  });

  test('is found at any position, and the last of two wins, as in protobuf', () => {
    const [name, version, last] = [{ name: 'first' }, { version: '1' }, { name: 'last' }].map(each =>
      encode('ModelReady', each),
    ) as [Buffer, Buffer, Buffer];
    expect(readModelName(Buffer.concat([version, name]))).toBe('first');
    expect(readModelName(Buffer.concat([name, last]))).toBe('last');
  });

  test('equals what protobufjs reads, for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 40 }), (modelName, raw) => {
        const bytes = encode('ModelInfer', { modelName, rawInputContents: [Buffer.from(raw)] });
        expect(readModelName(bytes)).toBe(modelName);
      }),
    );
  });

  test('any bytes are read or refused, never beyond their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        const name = readModelName(bytes);
        expect(name === undefined || Buffer.byteLength(name) <= bytes.length * 3).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
