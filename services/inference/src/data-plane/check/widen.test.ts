import { GraphBuilder, readModel, toModel, writeModel } from '@athanor/onnx';
import { bytesOf, type NumericTensor, tensor } from '@athanor/tensor';
import { describe, expect, it } from 'vitest';
import { tensorsOfGraph, toModelSpec } from '../../served-models/model-spec.js';
import { type InferRequest, NO_PARAMETERS, type TensorContents } from '../infer-request.js';
import { checkRequest } from './check-request.js';

function columnModel(dtype: 'FP64' | 'INT64' | 'FP32') {
  const g = new GraphBuilder('column');
  g.output(g.op('Identity', [g.input('age', { dtype, shape: ['batch', 1] })]), 'same');
  const { graph } = readModel(writeModel(toModel(g.graph())));
  return { name: 'm', spec: toModelSpec(tensorsOfGraph(graph), { maxBatchSize: 64, classes: [], labels: new Map() }) };
}

function requestOf(datatype: string, data: Buffer | TensorContents, rows: number): InferRequest {
  const contents = Buffer.isBuffer(data) ? undefined : data;
  return {
    ...{ modelName: 'm', modelVersion: '', id: '', parameters: NO_PARAMETERS, outputs: [] },
    inputs: [{ name: 'age', datatype, shape: [rows, 1], parameters: NO_PARAMETERS, contents }],
    rawInputContents: Buffer.isBuffer(data) ? [data] : [],
  };
}

function sentAs(value: NumericTensor, expected: 'FP64' | 'INT64' | 'FP32') {
  // At an odd offset, as in a message.
  const bytes = Buffer.concat([Buffer.alloc(1), bytesOf(value)]).subarray(1);
  const { inputs } = checkRequest(requestOf(value.dtype, bytes, value.shape[0]!), columnModel(expected));
  return inputs[0]!.data as Uint8Array;
}

describe('numbers of another width', () => {
  it.each([
    [tensor('INT8', [2], Int8Array.of(-128, 127)), [-128, 127]],
    [tensor('UINT8', [2], Uint8Array.of(0, 255)), [0, 255]],
    [tensor('INT16', [1], Int16Array.of(-300)), [-300]],
    [tensor('UINT16', [1], Uint16Array.of(65_535)), [65_535]],
    [tensor('INT32', [2], Int32Array.of(39, -(2 ** 31))), [39, -(2 ** 31)]],
    [tensor('UINT32', [1], Uint32Array.of(2 ** 32 - 1)), [2 ** 32 - 1]],
    [tensor('FP32', [2], Float32Array.of(0.1, Number.NaN)), [Math.fround(0.1), Number.NaN]],
    [tensor('INT64', [2], BigInt64Array.of(39n, -(2n ** 62n))), [39, -(2 ** 62)]],
    [tensor('UINT64', [1], BigUint64Array.of(2n ** 53n)), [2 ** 53]],
  ] as const)('become FP64: %o', (value, expected) => {
    expect(sentAs(value, 'FP64')).toEqual(bytesOf(tensor('FP64', value.shape, Float64Array.from(expected))));
    if (!['FP32', 'INT64', 'UINT64'].includes(value.dtype))
      expect(sentAs(value, 'INT64')).toEqual(
        bytesOf(tensor('INT64', value.shape, BigInt64Array.from(expected, BigInt))),
      );
  });

  it('become FP64 from the typed list too', () => {
    const { inputs } = checkRequest(requestOf('INT32', { int_contents: [39, -1] }, 2), columnModel('FP64'));
    expect(inputs[0]!.data).toEqual(bytesOf(tensor('FP64', [2], Float64Array.of(39, -1))));
  });

  it('are refused where the number would change', () => {
    const large = tensor('INT64', [2], BigInt64Array.of(1n, 2n ** 53n + 1n));
    expect(() => sentAs(large, 'FP64')).toThrow(
      "expected an integer that FP64 has exactly in element 1 of input 'age' for model 'm', got 9007199254740993",
    );
  });

  it.each([
    ['FP32', 'INT64'],
    ['FP64', 'INT64'],
    ['UINT64', 'INT64'],
    ['BOOL', 'FP64'],
    ['BYTES', 'FP64'],
    ['INT32', 'FP32'],
  ] as const)('are refused by their datatype: %s for %s', (sent, expected) => {
    const message = `inference input 'age' data-type is '${sent}', but model 'm' expects '${expected}'`;
    expect(() => checkRequest(requestOf(sent, Buffer.alloc(8), 1), columnModel(expected))).toThrow(message);
  });

  it('are counted in their own width', () => {
    expect(() => checkRequest(requestOf('INT32', Buffer.alloc(8), 1), columnModel('FP64'))).toThrow(
      "input byte size mismatch for input 'age' for model 'm'. Expected 4, got 8",
    );
  });
});
