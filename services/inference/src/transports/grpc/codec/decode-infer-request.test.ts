// Compares with protobufjs, through @grpc/proto-loader: the same bytes must give the same request.

import { findMessage } from '@athanor/contracts';
import type { ModelInferRequest } from '@athanor/contracts/inference';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InferParameters, InferRequest, TensorContents } from '../../../data-plane/infer-request.js';
import { decodeInferRequest } from './decode-infer-request.js';
import { WireError } from './reader.js';

const reference = findMessage('inference.ModelInferRequest');

const encode = (request: object): Buffer => reference.serialize(request);
const field = (number: number, wireType: number): Buffer => varint(number * 8 + wireType);
const lengthDelimited = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([field(number, 2), varint(bytes.length), bytes]);

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

// The results of both decoders in a common form.

function fromParameters(parameters: InferParameters): unknown {
  const toEntry = ([name, { choice, value }]: [string, { choice: string | undefined; value: unknown }]) => [
    name,
    choice,
    value,
  ];
  return [...parameters].map(toEntry).sort();
}

function fromOwn({
  modelName,
  modelVersion,
  id,
  parameters,
  inputs,
  outputs,
  rawInputContents,
}: InferRequest): unknown {
  return {
    ...{ modelName, modelVersion, id, parameters: fromParameters(parameters) },
    inputs: inputs.map(input => ({
      ...input,
      parameters: fromParameters(input.parameters),
      contents: fromContents(input.contents),
    })),
    outputs: outputs.map(({ name, parameters: own }) => ({ name, parameters: fromParameters(own) })),
    raw: rawInputContents.map(bytes => bytes.toString('hex')),
  };
}

function fromContents(contents: TensorContents | undefined): unknown {
  if (contents === undefined) return null;
  const { int64_contents: signed = [], uint64_contents: unsigned = [], bytes_contents: bytes = [] } = contents;
  const { bool_contents: bool = [], int_contents: int = [], uint_contents: uint = [] } = contents;
  const { fp32_contents: fp32 = [], fp64_contents: fp64 = [] } = contents;
  return {
    bool,
    int,
    signed: signed.map(Number),
    uint,
    unsigned: unsigned.map(Number),
    fp32,
    fp64,
    bytes: bytes.map(String),
  };
}

const CHOICES = {
  boolParam: 'bool_param',
  int64Param: 'int64_param',
  stringParam: 'string_param',
  doubleParam: 'double_param',
  uint64Param: 'uint64_param',
};

function toParameters(parameters: ModelInferRequest['parameters']): unknown {
  const entries = Object.entries(parameters).map(([name, parameter]) => {
    const choice = parameter.parameterChoice;
    return [name, choice && CHOICES[choice], choice && parameter[choice]];
  });
  return entries.sort();
}

function fromReference(bytes: Buffer): unknown {
  const { modelName, modelVersion, id, parameters, inputs, outputs, rawInputContents } = reference.deserialize(
    bytes,
  ) as ModelInferRequest;
  return {
    ...{ modelName, modelVersion, id, parameters: toParameters(parameters) },
    inputs: inputs.map(({ name, datatype, shape, parameters: own, contents }) => ({
      ...{ name, datatype, shape, parameters: toParameters(own) },
      contents: contents && {
        ...{
          bool: contents.boolContents,
          int: contents.intContents,
          signed: contents.int64Contents,
          uint: contents.uintContents,
        },
        ...{ unsigned: contents.uint64Contents, fp32: contents.fp32Contents, fp64: contents.fp64Contents },
        bytes: contents.bytesContents.map(String),
      },
    })),
    outputs: outputs.map(({ name, parameters: own }) => ({ name, parameters: toParameters(own) })),
    raw: rawInputContents.map(each => each.toString('hex')),
  };
}

const safeInteger = fc.maxSafeInteger();
const parameter = fc.oneof(
  fc.record({ boolParam: fc.boolean() }),
  fc.record({ int64Param: safeInteger }),
  fc.record({ stringParam: fc.string({ unit: 'grapheme' }) }),
  fc.record({ doubleParam: fc.double({ noNaN: true }) }),
  fc.record({ uint64Param: fc.maxSafeNat() }),
);
// protobufjs' plain objects lose the key "__proto__".
const parameters = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter(key => key !== '__proto__'),
  parameter,
  { maxKeys: 3 },
);
const contents = fc.record(
  {
    boolContents: fc.array(fc.boolean()),
    intContents: fc.array(fc.integer()),
    int64Contents: fc.array(safeInteger),
    uintContents: fc.array(fc.nat(0xffffffff)),
    uint64Contents: fc.array(fc.maxSafeNat()),
    fp32Contents: fc.array(fc.float({ noNaN: true })),
    fp64Contents: fc.array(fc.double({ noNaN: true })),
    bytesContents: fc.array(fc.uint8Array().map(bytes => Buffer.from(Buffer.from(bytes).toString('hex')))),
  },
  { requiredKeys: [] },
);
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const request = fc.record({
  ...{ modelName: text, modelVersion: text, id: text, parameters },
  inputs: fc.array(
    fc.record({ name: text, datatype: text, shape: fc.array(safeInteger), parameters, contents: fc.option(contents) }),
    { maxLength: 3 },
  ),
  outputs: fc.array(fc.record({ name: text, parameters }), { maxLength: 3 }),
  rawInputContents: fc.array(
    fc.uint8Array().map(bytes => Buffer.from(bytes)),
    { maxLength: 3 },
  ),
});
/** Unknown fields of every wire type, including groups. */
const unknownField = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(value => Buffer.concat([field(900, 0), varint(value)])),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map(bytes => Buffer.concat([field(901, 1), bytes])),
  fc.uint8Array().map(bytes => lengthDelimited(902, bytes)),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map(bytes => Buffer.concat([field(903, 5), bytes])),
  fc.uint8Array().map(bytes => Buffer.concat([field(904, 3), lengthDelimited(1, bytes), field(904, 4)])),
);

describe('a request is decoded like protobufjs decodes it', () => {
  test('with any content', () => {
    fc.assert(
      fc.property(request, each => {
        const bytes = encode(each);
        expect(fromOwn(decodeInferRequest(bytes))).toEqual(fromReference(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('with its fields in any order and unknown ones between them', () => {
    const parts = fc
      .record({ request, unknown: fc.array(unknownField), seed: fc.nat() })
      .map(({ request: each, unknown, seed }) => {
        const known = Object.entries(each).map(([name, value]) => encode({ [name]: value }));
        const all = [...known, ...unknown];
        return Buffer.concat(
          all
            .map((part, index) => ({ part, rank: ((index + 1) * 7_919 * (seed + 1)) % 10_007 }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ part }) => part),
        );
      });
    fc.assert(
      fc.property(parts, bytes => {
        expect(fromOwn(decodeInferRequest(bytes))).toEqual(fromReference(bytes));
      }),
      { numRuns: 200 },
    );
  });

  test('with lists packed, unpacked, or both', () => {
    const shape = fc.array(fc.record({ packed: fc.boolean(), dims: fc.array(safeInteger) }));
    fc.assert(
      fc.property(shape, pieces => {
        const parts = pieces.flatMap(({ packed, dims }) =>
          packed
            ? [lengthDelimited(3, Buffer.concat(dims.map(varint)))]
            : dims.map(dim => Buffer.concat([field(3, 0), varint(dim)])),
        );
        const bytes = lengthDelimited(5, Buffer.concat(parts));
        expect(decodeInferRequest(bytes).inputs[0]?.shape).toEqual(pieces.flatMap(({ dims }) => dims));
        expect(fromOwn(decodeInferRequest(bytes))).toEqual(fromReference(bytes));
      }),
    );
  });
});

describe('bytes that are not a request', () => {
  test("truncated anywhere are either a shorter request, equal to protobufjs' result, or refused", () => {
    fc.assert(
      fc.property(request, fc.double({ min: 0, max: 1, noNaN: true }), (each, share) => {
        const whole = encode(each);
        const bytes = whole.subarray(0, Math.floor(whole.length * share));
        let own: unknown;
        try {
          own = fromOwn(decodeInferRequest(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
          return;
        }
        expect(own).toEqual(fromReference(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('of any kind are decoded or refused with a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          decodeInferRequest(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['a string longer than the message', Buffer.from([0x0a, 0x05, 0x61]), 'expected 5 bytes at offset 2, got 1'],
    ['a varint without an end', Buffer.from([0x88, 0x80]), 'the message ends at offset 2, inside a varint'],
    ['a varint longer than 64 bits', Buffer.alloc(11, 0xff), 'the varint at offset 0 is longer than 10 bytes'],
    ['field 0', Buffer.from([0x02, 0x00]), 'a field has the number 0'],
    ['wire type 7', Buffer.from([0x0f]), 'field 1 has wire type 7'],
    ['a group without an end', Buffer.from([0x0b]), 'a group has no end'],
    ['too many nested groups', Buffer.alloc(100, 0x0b), 'groups are nested more than 32 deep'],
  ])('%s: the message says what is wrong', (_, bytes, message) => {
    expect(() => decodeInferRequest(bytes)).toThrow(new WireError(message));
  });
});

test('raw contents are views of the message, not copies', () => {
  const bytes = encode({ rawInputContents: [Buffer.alloc(100, 7)] });
  const [raw] = decodeInferRequest(bytes).rawInputContents;
  expect(raw?.buffer).toBe(bytes.buffer);
  expect(raw).toEqual(Buffer.alloc(100, 7));
});

test('64-bit integers of typed lists are exact', () => {
  const list = Buffer.concat([varint(-(2n ** 63n)), varint(2n ** 63n - 1n)]);
  const bytes = lengthDelimited(5, lengthDelimited(5, lengthDelimited(3, list)));
  expect(decodeInferRequest(bytes).inputs[0]?.contents?.int64_contents).toEqual([-(2n ** 63n), 2n ** 63n - 1n]);
});

test('typed contents in two parts are merged', () => {
  const part = (value: number) => lengthDelimited(5, lengthDelimited(2, varint(value)));
  const bytes = lengthDelimited(5, Buffer.concat([part(1), part(2)]));
  expect(decodeInferRequest(bytes).inputs[0]?.contents).toEqual({ int_contents: [1, 2] });
});
