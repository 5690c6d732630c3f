// Triton's messages for invalid requests.

import { readModel } from '@athanor/onnx';
import { ServiceError } from '@athanor/service';
import type { DType } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import { identitiesModel, scaleModel, sumModel, unbatchedModel } from '../../models.testkit.js';
import { tensorsOfGraph, toModelSpec } from '../../served-models/model-spec.js';
import { type InferInput, type InferParameter, type InferRequest, NO_PARAMETERS } from '../infer-request.js';
import { checkRequest } from './check-request.js';

const toModel = (name: string, bytes: Uint8Array) => ({
  name,
  spec: toModelSpec(tensorsOfGraph(readModel(bytes).graph), { maxBatchSize: 8, classes: [], labels: new Map() }),
});
const scale = toModel('m', scaleModel(2));
const sum = toModel('s', sumModel());
const plain = toModel('p', unbatchedModel());
const all = toModel('i', identitiesModel());

const raw = (elements: number) => Buffer.alloc(elements * 4);
const tensor = (name: string, shape: number[], datatype = 'FP32'): InferInput => ({
  ...{ name, datatype, shape, parameters: NO_PARAMETERS, contents: undefined },
});
const requestOf = (
  inputs: InferInput[],
  rawInputContents: Buffer[],
  more: Partial<InferRequest> = {},
): InferRequest => ({
  ...{
    modelName: '',
    modelVersion: '',
    id: '',
    parameters: NO_PARAMETERS,
    outputs: [],
    inputs,
    rawInputContents,
    ...more,
  },
});
const withParameter = (key: string, parameter: InferParameter): Partial<InferRequest> => ({
  parameters: new Map([[key, parameter]]),
});

/** Code and message of the error. */
function refusal(request: InferRequest, model = scale): string {
  try {
    checkRequest(request, model);
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const x = [tensor('x', [1, 2])];
const unknown = '[request id: <id_unknown>]';

describe('inputs', () => {
  test('a missing one is named', () => {
    expect(refusal(requestOf([tensor('a', [1, 2])], [raw(2)]), sum)).toBe(
      `INVALID_ARGUMENT ${unknown} expected 2 inputs but got 1 inputs for model 's'. Got input(s) ['a'], ` +
        "but missing required input(s) ['b']. Please provide all required input(s).",
    );
    expect(refusal(requestOf([], [], { id: '7' }))).toContain(
      "[request id: 7] expected 1 inputs but got 0 inputs for model 'm'. Got input(s) []",
    );
  });

  test('an unknown one is refused', () => {
    expect(refusal(requestOf([tensor('z', [1, 2])], [raw(2)]))).toBe(
      "INVALID_ARGUMENT unexpected inference input 'z' for model 'm'",
    );
  });

  test('a duplicate is refused', () => {
    expect(refusal(requestOf([tensor('a', [1, 2]), tensor('a', [1, 2])], [raw(2), raw(2)]), sum)).toBe(
      `INVALID_ARGUMENT ${unknown} input 'a' already exists in request`,
    );
  });

  test('may be in any order', () => {
    const request = requestOf([tensor('b', [1, 2]), tensor('a', [1, 2])], [Buffer.alloc(8, 1), Buffer.alloc(8, 2)]);
    expect(checkRequest(request, sum).inputs.map(({ data }) => data[0])).toEqual([2, 1]);
  });

  test('a wrong datatype is refused', () => {
    const wrong = "data-type is 'INT32', but model 'm' expects 'FP32'";
    expect(refusal(requestOf([tensor('x', [1, 2], 'INT32')], [raw(2)]))).toBe(
      `INVALID_ARGUMENT ${unknown} inference input 'x' ${wrong}`,
    );
  });
});

describe('shapes', () => {
  test('a wrong one is refused with the expected one', () => {
    expect(refusal(requestOf([tensor('x', [1, 3])], [raw(3)]))).toContain(
      `INVALID_ARGUMENT ${unknown} unexpected shape for input 'x' for model 'm'. Expected [-1,2], got [1,3]. NOTE: Setting a non-zero max_batch_size`,
    );
    expect(refusal(requestOf([tensor('x', [2])], [raw(2)]))).toContain('Expected [-1,2], got [2].');
    expect(refusal(requestOf([tensor('x', [1, 3])], [raw(3)]), plain)).toBe(
      `INVALID_ARGUMENT ${unknown} unexpected shape for input 'x' for model 'p'. Expected [3], got [1,3].`,
    );
  });

  test('a negative size is refused', () => {
    const message = `INVALID_ARGUMENT ${unknown} All input dimensions should be specified for input 'x' for model 'm', got`;
    expect(refusal(requestOf([tensor('x', [1, -1])], [raw(2)]))).toBe(`${message} [1,-1]`);
    expect(refusal(requestOf([tensor('x', [-1, 2])], [raw(2)]))).toBe(`${message} [-1,2]`);
  });

  test('the batch size is limited, and equal for all inputs', () => {
    expect(refusal(requestOf([tensor('x', [9, 2])], [raw(18)]))).toBe(
      `INVALID_ARGUMENT ${unknown} inference request batch-size must be <= 8 for 'm'`,
    );
    expect(refusal(requestOf([tensor('x', [0, 2])], [raw(0)]))).toBe(
      `INVALID_ARGUMENT ${unknown} inference request batch-size must be >= 1 for 'm'`,
    );
    expect(refusal(requestOf([tensor('a', [1, 2]), tensor('b', [2, 2])], [raw(2), raw(4)]), sum)).toBe(
      `INVALID_ARGUMENT ${unknown} input 'b' batch size does not match other inputs for 's'`,
    );
    expect(refusal(requestOf([tensor('x', [])], [raw(1)]))).toBe(
      `INVALID_ARGUMENT ${unknown} input 'x' has no shape but model requires batch dimension for 'm'`,
    );
  });
});

describe('data', () => {
  test('too few or too many raw bytes are refused with both sizes', () => {
    const message = "input byte size mismatch for input 'x' for model 'm'.";
    expect(refusal(requestOf(x, [raw(1)]))).toBe(`INVALID_ARGUMENT ${unknown} ${message} Expected 8, got 4`);
    expect(refusal(requestOf(x, [raw(3)]))).toBe(`INVALID_ARGUMENT ${unknown} ${message} Expected 8, got 12`);
  });

  test('missing data is refused', () => {
    expect(refusal(requestOf(x, []))).toBe(
      "INVALID_ARGUMENT unable to find data for input tensor 'x' for model 'm' in request.",
    );
  });

  test('more raw entries than inputs are refused', () => {
    expect(refusal(requestOf(x, [raw(2), raw(2)]))).toBe(
      "INVALID_ARGUMENT expected one entry of raw_input_contents for each input, got 2 raw_input_contents for 1 inputs of model 'm'",
    );
  });

  test('raw and typed together are refused', () => {
    const typed = { ...tensor('x', [1, 2]), contents: { fp32_contents: [1, 2] } };
    expect(refusal(requestOf([typed], [raw(2)]))).toBe(
      "INVALID_ARGUMENT contents field must not be specified when using raw_input_contents for 'x' for model 'm'",
    );
  });

  test('a list of the wrong type or length is refused', () => {
    const typed = (contents: InferInput['contents']) => requestOf([{ ...tensor('x', [1, 2]), contents }], []);
    expect(refusal(typed({ int64_contents: [1n, 2n] }))).toBe(
      "INVALID_ARGUMENT unexpected explicit tensor data for input tensor 'x' for model 'm' of type 'INT64', expected datatype 'FP32'",
    );
    expect(refusal(typed({ fp32_contents: [1] }))).toContain(
      "input byte size mismatch for input 'x' for model 'm'. Expected 8, got 4",
    );
    expect(refusal(typed({}))).toContain('Expected 8, got 0');
  });

  test('shared memory that was never registered is not found', () => {
    const parameters = new Map([['shared_memory_region', { choice: 'string_param', value: 'r' } as const]]);
    expect(refusal(requestOf([{ ...tensor('x', [1, 2]), parameters }], []))).toBe(
      "NOT_FOUND Unable to find shared memory region: 'r'",
    );
  });
});

describe('every datatype', () => {
  const LISTS: Record<string, [InferInput['contents'], number[]]> = {
    BOOL: [{ bool_contents: [true, false] }, [1, 0]],
    UINT8: [{ uint_contents: [1, 255] }, [1, 255]],
    INT8: [{ int_contents: [1, -1] }, [1, 255]],
    INT16: [{ int_contents: [1, -2] }, [1, 0, 254, 255]],
    INT32: [{ int_contents: [1, -2] }, [1, 0, 0, 0, 254, 255, 255, 255]],
    INT64: [{ int64_contents: [1n, -2n] }, [1, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255]],
    UINT64: [{ uint64_contents: [1n, 2n] }, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]],
    FP32: [{ fp32_contents: [1, 2] }, [0, 0, 128, 63, 0, 0, 0, 64]],
    FP64: [{ fp64_contents: [1, 2] }, [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 64]],
  };
  const SIZES: Record<string, number> = { FP16: 4 };
  const inputs = all.spec.inputs.map(({ name, dtype }) => tensor(name, [1, 2], dtype));
  const bytesElements = Buffer.from([1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0xc3, 0xa4]);
  const rawOf = ({ datatype }: InferInput) =>
    datatype === 'BYTES' ? bytesElements : Buffer.from(LISTS[datatype]?.[1] ?? new Array(SIZES[datatype]).fill(0));

  test('is accepted as raw contents', () => {
    const { inputs: rows } = checkRequest(requestOf(inputs, inputs.map(rawOf)), all);
    expect(rows.find((_, index) => inputs[index]!.datatype === 'BYTES')?.data).toEqual(['a', 'ä']);
    for (const [index, input] of inputs.entries())
      if (input.datatype !== 'BYTES') expect(rows[index]!.data).toEqual(rawOf(input));
  });

  test.each(Object.entries(LISTS))('%s is accepted as typed contents', (datatype, [contents, bytes]) => {
    const one = { name: 'i', spec: { ...all.spec, inputs: all.spec.inputs.filter(({ dtype }) => dtype === datatype) } };
    const request = requestOf([{ ...tensor(datatype.toLowerCase(), [1, 2], datatype), contents }], []);
    expect([...(checkRequest(request, one).inputs[0]!.data as Uint8Array)]).toEqual(bytes);
  });

  test.each([
    ['UINT8', { uint_contents: [1, 256] }, 'UINT8 from 0 to 255', 256],
    ['UINT16', { uint_contents: [1, 65_536] }, 'UINT16 from 0 to 65535', 65_536],
    ['INT8', { int_contents: [127, -129] }, 'INT8 from -128 to 127', -129],
    ['INT8', { int_contents: [-128, 128] }, 'INT8 from -128 to 127', 128],
    ['INT16', { int_contents: [32_767, -32_769] }, 'INT16 from -32768 to 32767', -32_769],
  ])('bug: %s accepted a number out of range and dropped its upper bits', (datatype, contents, what, value) => {
    const input = { ...all.spec.inputs[0]!, name: 'x', dtype: datatype as DType };
    const one = { name: 'i', spec: { ...all.spec, inputs: [input] } };
    const request = requestOf([{ ...tensor('x', [1, 2], datatype), contents }], []);
    expect(refusal(request, one)).toBe(
      `INVALID_ARGUMENT ${unknown} expected ${what} in element 1 of input 'x' for model 'i', got ${value}`,
    );
  });

  test('bug: BOOL accepted bytes other than 0 and 1', () => {
    const one = { name: 'i', spec: { ...all.spec, inputs: all.spec.inputs.filter(({ dtype }) => dtype === 'BOOL') } };
    expect(refusal(requestOf([tensor('bool', [1, 2], 'BOOL')], [Buffer.from([1, 2])]), one)).toBe(
      `INVALID_ARGUMENT ${unknown} expected BOOL, 0 or 1, in element 1 of input 'bool' for model 'i', got 2`,
    );
  });

  describe('BYTES', () => {
    const texts = {
      name: 't',
      spec: { ...all.spec, inputs: all.spec.inputs.filter(({ dtype }) => dtype === 'BYTES') },
    };
    const rawText = (bytes: number[]) =>
      refusal(requestOf([tensor('bytes', [1, 2], 'BYTES')], [Buffer.from(bytes)]), texts);
    const typedText = (...bytes: Buffer[]) =>
      requestOf([{ ...tensor('bytes', [1, 2], 'BYTES'), contents: { bytes_contents: bytes } }], []);

    test('typed elements have no length prefix', () => {
      expect(checkRequest(typedText(Buffer.from('a'), Buffer.from('ä')), texts).inputs[0]!.data).toEqual(['a', 'ä']);
      expect(refusal(typedText(Buffer.from('a')), texts)).toContain('Expected 2, got 1');
    });

    test.each([
      [
        'a truncated length',
        [1, 0, 0],
        "incomplete string length indicator for inference input 'bytes', expecting 4 bytes but only 3 bytes available",
      ],
      [
        'a truncated element',
        [3, 0, 0, 0, 97],
        "incomplete string data for inference input 'bytes', expecting string of length 3 but only 1 bytes available",
      ],
      ['too few elements', [1, 0, 0, 0, 97], "expected 2 string elements for inference input 'bytes', got 1"],
      [
        'too many elements',
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "unexpected number of string elements 3 for inference input 'bytes', expecting 2",
      ],
      [
        'bug: a character NUL, at which the runtime ended the text in silence',
        [3, 0, 0, 0, 0x61, 0, 0x62, 0, 0, 0, 0],
        "expected text without the character NUL in element 0 of inference input 'bytes', got it at 1",
      ],
      ['invalid UTF-8', [1, 0, 0, 0, 0xff, 0, 0, 0, 0], "expected UTF-8 text in element 0 of inference input 'bytes'"],
    ])('%s is refused', (_, bytes, message) => {
      expect(rawText(bytes)).toBe(`INVALID_ARGUMENT ${unknown} ${message}`);
    });
  });
});

describe('outputs', () => {
  const outputs = (...names: string[]) =>
    requestOf(x, [raw(2)], { outputs: names.map(name => ({ name, parameters: NO_PARAMETERS })) });

  test('are all, or the requested ones in the requested order', () => {
    expect(checkRequest(outputs(), scale).outputs.map(({ index }) => index)).toEqual([0, 1]);
    expect(checkRequest(outputs('place', 'y'), scale).outputs.map(({ index }) => index)).toEqual([1, 0]);
  });

  test('unknown and duplicate ones are refused', () => {
    expect(refusal(outputs('z'))).toBe("INVALID_ARGUMENT unexpected inference output 'z' for model 'm'");
    expect(refusal(outputs('y', 'y'))).toBe(`INVALID_ARGUMENT ${unknown} output 'y' already exists in request`);
  });

  test('classification takes a whole number from 1', () => {
    const ask = (parameter: InferParameter) =>
      requestOf(x, [raw(2)], { outputs: [{ name: 'y', parameters: new Map([['classification', parameter]]) }] });
    expect(checkRequest(ask({ choice: 'int64_param', value: 3 }), scale).outputs).toEqual([
      { index: 0, classification: 3 },
    ]);
    expect(refusal(ask({ choice: 'int64_param', value: 0 }))).toContain(
      "expected 'classification' of output 'y' to be at least 1, got 0",
    );
    expect(refusal(ask({ choice: 'string_param', value: '3' }))).toContain(
      "invalid value type for 'classification' parameter, expected int64_param.",
    );
  });
});

describe('parameters', () => {
  const ask = (key: string, parameter: InferParameter) => requestOf(x, [raw(2)], withParameter(key, parameter));

  test.each<[string, InferParameter, string]>([
    [
      'timeout',
      { choice: 'uint64_param', value: 5 },
      "invalid value type for 'timeout' parameter, expected int64_param.",
    ],
    [
      'priority',
      { choice: 'string_param', value: '1' },
      "invalid value type for 'priority' parameter, expected int64_param or uint64_param.",
    ],
    [
      'priority',
      { choice: 'int64_param', value: -1 },
      "invalid value for 'priority' parameter, expected 0 or more, got -1",
    ],
    [
      'sequence_id',
      { choice: 'bool_param', value: true },
      "invalid value type for 'sequence_id' parameter, expected int64_param or string_param.",
    ],
    [
      'sequence_start',
      { choice: 'int64_param', value: 1 },
      "invalid value type for 'sequence_start' parameter, expected bool_param.",
    ],
    [
      'headers',
      { choice: 'string_param', value: '' },
      "parameter 'headers' is reserved and cannot be set by a request",
    ],
    [
      'binary_data_output',
      { choice: 'bool_param', value: true },
      "parameter 'binary_data_output' is reserved and cannot be set by a request",
    ],
    [
      'triton_x',
      { choice: 'bool_param', value: true },
      "parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with 'triton_' are allowed: triton_enable_empty_final_response",
    ],
  ])('%s with an invalid value is refused', (key, parameter, message) => {
    expect(refusal(ask(key, parameter))).toBe(`INVALID_ARGUMENT ${message}`);
  });

  test('parameters that clients send in practice are accepted', () => {
    expect(checkRequest(ask('timeout', { choice: 'int64_param', value: 1_500 }), scale).timeoutUs).toBe(1_500);
    expect(refusal(ask('priority', { choice: 'uint64_param', value: 1 }))).toBe('accepted');
    expect(refusal(ask('triton_enable_empty_final_response', { choice: 'bool_param', value: true }))).toBe('accepted');
    expect(refusal(ask('my_own', { choice: 'double_param', value: 0.5 }))).toBe('accepted');
  });
});
