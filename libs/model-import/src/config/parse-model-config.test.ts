import { expect, test } from 'vitest';
import { parseModelConfig } from './parse-model-config.js';

test('a ModelConfig in text format is read: comments, lists, concatenated strings, separators', () => {
  const config = parseModelConfig(`
    # as tritonserver reads it
    name: "digits" platform: "onnxruntime_" 'onnx'
    max_batch_size: 8
    input [ { name: "x" data_type: TYPE_FP32 dims: [ 3, -1 ] }, { name: "s", data_type: TYPE_STRING; dims: 1 } ]
    output { name: "y" data_type: TYPE_INT64 dims: [ 1 ] label_filename: "a\\x62.txt" }
    dynamic_batching { max_queue_delay_microseconds: 100 }
    version_policy: { specific { versions: [1, 3] } }
    parameters { key: "k" value: { string_value: "v" } }
  `);
  expect(config).toMatchObject({
    name: 'digits',
    platform: 'onnxruntime_onnx',
    maxBatchSize: 8,
    input: [
      { name: 'x', dataType: 'TYPE_FP32', dims: [3, -1] },
      { name: 's', dataType: 'TYPE_STRING', dims: [1] },
    ],
    output: [{ labelFilename: 'ab.txt' }],
    dynamicBatching: { maxQueueDelayMicroseconds: 100 },
    versionPolicy: { specific: { versions: [1, 3] } },
    parameters: { k: { stringValue: 'v' } },
  });
});

test.each([
  ['an unknown field', 'name: "a"\n\nmax_batch: 3', /unknown field 'max_batch' \(line 3\)/],
  [
    'an unknown field inside',
    'name: "a"\ndynamic_batching {\n  delay: 1\n}',
    /ModelDynamicBatching: unknown field 'delay' \(line 3\)/,
  ],
  ['an unknown enum value', 'input { data_type: TYPE_FOO }', /dataType: enum value expected/],
  ['a field that is given twice', 'name: "a" name: "b"', /name: multiple values/],
  ['two kinds of scheduling', 'dynamic_batching {} sequence_batching {}', /multiple values/],
  ['a string that does not end', 'name: "a', /unterminated string \(line 1\)/],
  ['a brace that is not closed', 'dynamic_batching {', /config.pbtxt is not a ModelConfig of Triton/],
])('%s is refused with its place', (_, text, message) => {
  expect(() => parseModelConfig(text)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
  );
});
