import { expect, test } from 'vitest';
import type { ImportedTensor } from '../signature.js';
import { compareWithFile } from './compare-with-file.js';
import { parseModelConfig } from './parse-model-config.js';

const value = (name: string, datatype: ImportedTensor['datatype'], shape: number[]): ImportedTensor => ({
  name,
  datatype,
  shape,
  axes: shape.map(() => ''),
});
const signature = {
  inputs: [value('x', 'FP32', [-1, 3, 4]), value('t', 'BYTES', [-1, 1])],
  outputs: [value('y', 'INT64', [-1])],
};
const INPUTS =
  'input { name: "x" data_type: TYPE_FP32 dims: [3, 4] } input { name: "t" data_type: TYPE_STRING dims: 1 }';
const compare =
  (text: string, of = signature) =>
  () =>
    compareWithFile(parseModelConfig(text), of);

test.each([
  ['that says nothing', ''],
  ['with a batch', `max_batch_size: 4 ${INPUTS} output { name: "y" data_type: TYPE_INT64 }`],
  ['with variable sizes made fixed', 'max_batch_size: 0 output { name: "y" data_type: TYPE_INT64 dims: 5 }'],
])('a config %s fits', (_, text) => {
  expect(compare(text)).not.toThrow();
});

test('all differences are listed', () => {
  const failing = compare(`
    max_batch_size: 4
    input { name: "x" data_type: TYPE_FP16 dims: [3, 5] }
    output { name: "z" data_type: TYPE_INT64 dims: 1 }`);
  expect(failing).toThrow(expect.objectContaining({ code: 'CONFIG_CONTRADICTS' }));
  expect(failing).toThrow(
    'input "x" is described as TYPE_FP16, the model has FP32; ' +
      'input "x" is described as [3,5], the model has [3,4] without the batch; ' +
      'it describes output "z", the model has "y"; it does not describe input "t"',
  );
});

test('a maximum batch size needs a variable first axis', () => {
  const fixed = { inputs: [value('x', 'FP32', [1, 3])], outputs: [] };
  const text = 'max_batch_size: 4 input { name: "x" data_type: TYPE_FP32 dims: [3] }';
  expect(compare('max_batch_size: 4', fixed)).toThrow(/makes the first axis of "x" the batch/);
  expect(compare(text, fixed)).toThrow(/makes the first axis of "x" the batch, the model has \[1,3\]/);
});
