// Compares with protobufjs, through @grpc/proto-loader.

import { findMessage } from '@athanor/contracts';
import type { ModelInferResponse, ModelStreamInferResponse } from '@athanor/contracts/inference';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeInferResponse, encodeStreamResponse } from './encode-infer-response.js';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const response = fc.record({
  ...{ modelName: text, modelVersion: text, id: text },
  parameters: fc.dictionary(
    text.filter(key => key !== '__proto__'),
    fc.oneof(text, fc.boolean()),
    { maxKeys: 3 },
  ),
  outputs: fc.array(
    fc.record({ name: text, datatype: text, shape: fc.array(fc.maxSafeNat()), raw: fc.uint8Array({ maxLength: 300 }) }),
    { maxLength: 4 },
  ),
});

test('protobufjs decodes the response, and would not encode it shorter', () => {
  const reference = findMessage('inference.ModelInferResponse');
  fc.assert(
    fc.property(response, each => {
      const bytes = encodeInferResponse(each);
      const read = reference.deserialize(bytes) as ModelInferResponse;
      expect(read).toMatchObject({ modelName: each.modelName, modelVersion: each.modelVersion, id: each.id });
      const values = Object.entries(read.parameters).map(([name, value]) => [name, value[value.parameterChoice!]]);
      expect(Object.fromEntries(values)).toEqual({ ...each.parameters });
      expect(read.outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape }))).toEqual(
        each.outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
      );
      expect(read.rawOutputContents.map(raw => [...raw])).toEqual(each.outputs.map(({ raw }) => [...raw]));
      // protobufjs writes empty strings too.
      expect(bytes.length).toBeLessThanOrEqual(reference.serialize(read).length);
    }),
    { numRuns: 300 },
  );
});

test('a streamed response wraps a response, or an error with its request id', () => {
  const reference = findMessage('inference.ModelStreamInferResponse');
  fc.assert(
    fc.property(text, response, (message, each) => {
      const read = reference.deserialize(
        encodeStreamResponse(message, encodeInferResponse(each)),
      ) as ModelStreamInferResponse;
      expect(read.errorMessage).toBe(message);
      expect(read.inferResponse?.id).toBe(each.id);
    }),
  );
});
