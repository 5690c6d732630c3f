// Rows of status-codes.integration.test.ts: requests that are INVALID_ARGUMENT for a model that is served, in Triton's order of
// checking.

import {
  classes,
  input,
  outputs,
  parameter,
  type Row,
  raw,
  row,
  sum,
  texts,
  typed,
} from './status-requests.testkit.js';

// With the prefix of Triton's core.
const core = (message: string): RegExp => new RegExp(`^\\[request id: <id_unknown>\\] ${message}`);

export const INVALID_REQUESTS: readonly Row[] = [
  row(
    'a missing input',
    sum({ name: 'a' }),
    core(
      "expected 2 inputs but got 1 inputs for model 'sum'\\. Got input\\(s\\) \\['a'\\], but missing required input\\(s\\) \\['b'\\]\\. Please provide all required input\\(s\\)\\.$",
    ),
  ),
  row('an unknown input', sum({ name: 'a' }, { name: 'c' }), /^unexpected inference input 'c' for model 'sum'$/),
  row('an input that is given twice', sum({ name: 'a' }, { name: 'a' }), core("input 'a' already exists in request$")),
  row('an unknown output', outputs('z'), /^unexpected inference output 'z' for model 'scale'$/),
  row('an output that is requested twice', outputs('y', 'y'), core("output 'y' already exists in request$")),

  row(
    'another datatype',
    input({ datatype: 'INT32' }),
    core("inference input 'x' data-type is 'INT32', but model 'scale' expects 'FP32'$"),
  ),
  row(
    'another shape',
    input({ shape: [1, 3] }),
    core(
      "unexpected shape for input 'x' for model 'scale'\\. Expected \\[-1,2\\], got \\[1,3\\]\\. NOTE: Setting a non-zero max_batch_size",
    ),
  ),
  row(
    'another number of dimensions',
    input({ shape: [2] }),
    core('unexpected shape .* Expected \\[-1,2\\], got \\[2\\]\\.'),
  ),
  row(
    'a size of -1',
    input({ shape: [-1, 2] }),
    core("All input dimensions should be specified for input 'x' for model 'scale', got \\[-1,2\\]$"),
  ),
  row(
    'a batch beyond the maximum',
    input({ shape: [9, 2] }),
    core("inference request batch-size must be <= 8 for 'scale'$"),
  ),
  row('an empty batch', input({ shape: [0, 2] }), core("inference request batch-size must be >= 1 for 'scale'$")),
  row(
    'batches that differ',
    sum({ name: 'a' }, { name: 'b', shape: [2, 2] }),
    core("input 'b' batch size does not match other inputs for 'sum'$"),
  ),
  row(
    'no batch dimension',
    input({ shape: [] }),
    core("input 'x' has no shape but model requires batch dimension for 'scale'$"),
  ),

  row(
    'too few raw bytes',
    raw(Buffer.alloc(7)),
    core("input byte size mismatch for input 'x' for model 'scale'\\. Expected 8, got 7$"),
  ),
  row('too many raw bytes', raw(Buffer.alloc(12)), core('input byte size mismatch .* Expected 8, got 12$')),
  row('no data', raw(), /^unable to find data for input tensor 'x' for model 'scale' in request\.$/),
  row(
    'more raw contents than inputs',
    raw(Buffer.alloc(8), Buffer.alloc(8)),
    /^expected one entry of raw_input_contents for each input, got 2/,
  ),
  row(
    'raw and typed contents',
    input({ contents: { fp32Contents: [1, 2] } }),
    /^contents field must not be specified when using raw_input_contents for 'x' for model 'scale'$/,
  ),
  row(
    'typed contents of another list',
    typed({ int64Contents: [1, 2] }),
    /^unexpected explicit tensor data for input tensor 'x' for model 'scale' of type 'INT64', expected datatype 'FP32'$/,
  ),
  row(
    'too few typed contents',
    typed({ fp32Contents: [1] }),
    core("input byte size mismatch for input 'x' for model 'scale'\\. Expected 8, got 4$"),
  ),

  row(
    'half of a length of a text',
    texts(1, 0, 0),
    core("incomplete string length indicator for inference input 't', expecting 4 bytes but only 3 bytes available$"),
  ),
  row(
    'half of a text',
    texts(3, 0, 0, 0, 0x31),
    core("incomplete string data for inference input 't', expecting string of length 3 but only 1 bytes available$"),
  ),
  row('too few texts', texts(1, 0, 0, 0, 0x31), core("expected 2 string elements for inference input 't', got 1$")),
  row(
    'too many texts',
    texts(...new Array<number>(12).fill(0)),
    core("unexpected number of string elements 3 for inference input 't', expecting 2$"),
  ),
  row(
    'a text with the character NUL',
    texts(1, 0, 0, 0, 0, 0, 0, 0, 0),
    core("expected text without the character NUL in element 0 of inference input 't'"),
    'ONNX Runtime gets the text up to it',
  ),
  row(
    'a text that is not UTF-8',
    texts(1, 0, 0, 0, 0xff, 0, 0, 0, 0),
    core("expected UTF-8 text in element 0 of inference input 't'"),
    'ONNX Runtime gets the bytes',
  ),

  row(
    'a reserved parameter',
    parameter('triton_x', { boolParam: true }),
    /^parameter keys starting with 'triton_' are reserved for Triton usage\. Only the following keys starting with 'triton_' are allowed: triton_enable_empty_final_response$/,
  ),
  row(
    'a timeout of another type',
    parameter('timeout', { stringParam: '1' }),
    /^invalid value type for 'timeout' parameter, expected int64_param\.$/,
  ),
  row(
    'a priority of another type',
    parameter('priority', { boolParam: true }),
    /^invalid value type for 'priority' parameter, expected int64_param or uint64_param\.$/,
  ),
  row(
    'a negative priority',
    parameter('priority', { int64Param: -1 }),
    /^invalid value for 'priority' parameter, expected 0 or more, got -1$/,
  ),
  row(
    'a classification of another type',
    classes({ stringParam: '1' }),
    /^invalid value type for 'classification' parameter, expected int64_param\.$/,
  ),
  row(
    'a classification with no class',
    classes({ int64Param: 0 }),
    /^expected 'classification' of output 'y' to be at least 1, got 0$/,
  ),
];
