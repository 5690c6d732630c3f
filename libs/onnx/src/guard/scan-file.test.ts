import { expect, test } from 'vitest';
import { DEFAULT_FILE_LIMITS } from './file-limits.js';
import { negation } from './file-models.testkit.js';
import { scanFile } from './scan-file.js';

const scan = (bytes: Uint8Array, maxEntries = DEFAULT_FILE_LIMITS.maxEntries) => scanFile(bytes, { maxEntries });
const concat = (...parts: (Uint8Array | readonly number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map(part => Uint8Array.from(part))));
/** A length-delimited field; `size` overrides the length that it states. */
const field = (number: number, content: Uint8Array | readonly number[], size = content.length) =>
  concat([number * 8 + 2, (size & 127) | 128, (size >> 7) & 127], content);

const GRAPH = 7;

test('a model passes', () => {
  expect(() => scan(negation())).not.toThrow();
});

test('every cut of a file is noticed or leaves a shorter complete message', () => {
  const bytes = negation();
  const failures = Array.from({ length: bytes.length - 1 }, (_, end) => {
    try {
      scan(bytes.subarray(0, end + 1));
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(failures.filter(message => message !== undefined).length).toBeGreaterThan(bytes.length / 2);
  expect(failures[bytes.length - 3]).toMatch(/cut or damaged at byte \d+; copy it again/);
});

test.each<[string, Uint8Array, string, RegExp]>([
  ['field number 0', concat(negation(), [2, 0]), 'MALFORMED', /damaged/],
  ['a group', concat(negation(), [0xab, 1]), 'MALFORMED', /damaged/],
  ['garbage behind the model', concat(negation(), new Array(64).fill(255)), 'MALFORMED', /damaged at byte/],
  [
    'a length beyond the enclosing message',
    field(GRAPH, [5 * 8 + 2, 100]),
    'MALFORMED',
    /GraphProto is cut or damaged at byte 3/,
  ],
  ['a known field of another wire type', [GRAPH * 8, 1] as unknown as Uint8Array, 'MALFORMED', /damaged at byte 0/],
  [
    'two graphs, which readers merge or replace',
    concat(negation(), field(GRAPH, [])),
    'MALFORMED',
    /ModelProto.graph occurs twice/,
  ],
  [
    'a type that is a tensor and a sequence',
    // ModelProto.graph.input.type with tensor_type and sequence_type, two members of a oneof.
    field(GRAPH, field(11, field(2, concat(field(1, []), field(4, []))))),
    'MALFORMED',
    /TypeProto.sequenceType occurs twice/,
  ],
])('%s is refused', (_, bytes, code, message) => {
  const failing = () => scan(Uint8Array.from(bytes));
  expect(failing).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test('nesting beyond what protobuf reads is refused without recursion', () => {
  let bytes: Uint8Array = new Uint8Array();
  // GraphProto.node.attribute.g, from the inside.
  for (let depth = 0; depth < 40; depth++) bytes = field(1, field(5, field(6, bytes)));
  expect(() => scan(field(GRAPH, bytes))).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
});

test('a file of empty messages is refused before a reader allocates them', () => {
  const nodes = Array.from({ length: 1_000 }, () => [1 * 8 + 2, 0]).flat();
  expect(() => scan(field(GRAPH, nodes), 500)).toThrow(/more than 500 nodes, names and attribute values/);
  expect(() => scan(field(GRAPH, nodes), 2_000)).not.toThrow();
});

test('elements of tensors do not count as entries', () => {
  const packed = new Uint8Array(4_000);
  expect(() => scan(field(GRAPH, field(5, field(5, packed))), 10)).not.toThrow();
});
