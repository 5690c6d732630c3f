// Imported models: served by their signature, in a process.

import { type InferTensor, infer } from '@athanor/client';
import { toStruct } from '@athanor/contracts';
import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import { type DType, dtypes } from '@athanor/tensor';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestBench, type TestBench } from './inference.testkit.js';
import { type ImportedSignature, imported, scaleSignature } from './registry.testkit.js';

let bench: TestBench;

/** same_<name> = <name> for every datatype; BF16 is FP32 in the graph, as the import rewrites it. */
function identities(): Uint8Array {
  const g = new GraphBuilder('identities');
  for (const dtype of dtypes) {
    const x = g.input(dtype.toLowerCase(), { dtype: dtype === 'BF16' ? 'FP32' : dtype, shape: ['n', 2] });
    g.output(g.op('Identity', [x]), `same_${dtype.toLowerCase()}`);
  }
  return writeModel(toModel(g.graph()));
}

const tensorsOf = (names: readonly string[], datatype: (name: string) => string) =>
  names.map(name => ({ name, datatype: datatype(name), shape: [-1, 2], axes: ['n', ''] }));
const lower = dtypes.map(dtype => dtype.toLowerCase());
const everyType: ImportedSignature = {
  inputs: tensorsOf(lower, name => name.toUpperCase()),
  outputs: tensorsOf(
    lower.map(name => `same_${name}`),
    name => name.slice(5).toUpperCase(),
  ),
  isBatched: true,
};

beforeAll(async () => {
  bench = await startTestBench();
  bench.registry.deployments = [
    imported('types', { model: identities(), imported: everyType }),
    imported('alone', { imported: { ...scaleSignature, isBatched: false } }),
    imported('lies', { imported: { ...scaleSignature, outputs: [{ name: 'y', datatype: 'FP64', shape: [-1, 2] }] } }),
    imported('damaged', { model: Buffer.from('nonsense') }),
    imported('labelled', {
      serving: {
        scheduler: { kind: 'direct', parameters: toStruct({}) },
        instances: 2,
        labels: { outputs: [{ output: 'y', labels: ['left', 'right'] }] },
      },
    }),
    imported('cold', { serving: { warmUp: { samples: [{ inputs: [{ name: 'x', dims: [3] }] }] } } }),
  ];
  await bench.publishAliasMoved('acme', 'types', 1);
  const states = async () =>
    (await bench.acme.repositoryIndex({})).models.map(({ name, state }) => `${name} ${state}`).sort();
  await vi.waitFor(
    async () =>
      expect(await states()).toEqual([
        'alone READY',
        'cold UNAVAILABLE',
        'damaged UNAVAILABLE',
        'labelled READY',
        'lies UNAVAILABLE',
        'types READY',
      ]),
    { timeout: 30_000 },
  );
});

afterAll(async () => {
  await bench.stop();
});

const values: { readonly [D in DType]: InferTensor['data'] } = {
  BOOL: Uint8Array.of(0, 1, 1, 0),
  UINT8: Uint8Array.of(1, 255, 0, 2),
  UINT16: Uint16Array.of(1, 65_535, 0, 2),
  UINT32: Uint32Array.of(1, 4_294_967_295, 0, 2),
  UINT64: BigUint64Array.of(1n, 2n ** 64n - 1n, 0n, 2n),
  INT8: Int8Array.of(1, -128, 0, 2),
  INT16: Int16Array.of(1, -32_768, 0, 2),
  INT32: Int32Array.of(1, -(2 ** 31), 0, 2),
  INT64: BigInt64Array.of(1n, -(2n ** 63n), 0n, 2n),
  FP16: Uint16Array.of(0x3c00, 0xbc00, 0x7c00, 1),
  BF16: Uint16Array.of(0x3f80, 0xc000, 0x7f80, 1),
  FP32: Float32Array.of(1.5, -1.5, Number.POSITIVE_INFINITY, 0),
  FP64: Float64Array.of(Math.PI, -1, Number.MIN_VALUE, 0),
  BYTES: [Buffer.from('ä€𝄞'), Buffer.from(''), Buffer.from('x'.repeat(5_000)), Buffer.from(' ')],
};

test('every datatype goes in and out, of requests that share a run too', async () => {
  const inputs = dtypes.map(
    (dtype): InferTensor => ({ name: dtype.toLowerCase(), datatype: dtype, shape: [2, 2], data: values[dtype] }),
  );
  const answers = await Promise.all([1, 2, 3].map(() => infer(bench.acme, { modelName: 'types', inputs })));
  for (const { outputs } of answers)
    for (const dtype of dtypes)
      expect(outputs.get(`same_${dtype.toLowerCase()}`), dtype).toMatchObject({ shape: [2, 2], data: values[dtype] });
});

const call = (modelName: string, rows: number) =>
  infer(bench.acme, {
    modelName,
    inputs: [{ name: 'x', datatype: 'FP32', shape: [rows, 2], data: new Float32Array(2 * rows).fill(1) }],
  });

describe('a model', () => {
  test('whose rows may depend on each other runs each request alone, with any number of rows', async () => {
    const answers = await Promise.all([1, 100, 3].map(rows => call('alone', rows)));
    expect(answers.map(({ outputs }) => outputs.get('y')?.shape[0])).toEqual([1, 100, 3]);
    const { modelStats } = await bench.acme.modelStatistics({ name: 'alone' });
    expect(modelStats[0]?.executionCount).toBe(3);
    const { config } = await bench.acme.modelConfig({ name: 'alone' });
    expect(config).toMatchObject({ maxBatchSize: 0, input: [{ dims: [-1, 2] }] });
    expect(config).not.toHaveProperty('dynamicBatching');
  });

  test('whose outputs are not those of its signature is not served', async () => {
    const { models } = await bench.acme.repositoryIndex({});
    expect(models.find(({ name }) => name === 'lies')?.reason).toContain("expected FP64 in output 'y', got FP32");
  });

  test('bug: the path of a file that could not be loaded was shown', async () => {
    const { models } = await bench.acme.repositoryIndex({});
    const { reason = '' } = models.find(({ name }) => name === 'damaged') ?? {};
    expect(reason).toMatch(/onnx runtime cannot load the model in a process: \S/);
    expect(reason).not.toMatch(/\/|\.cc\b|\.h\b/);
  });

  test('whose warm-up does not fit is not served', async () => {
    const { models } = await bench.acme.repositoryIndex({});
    expect(models.find(({ name }) => name === 'cold')?.reason).toContain(
      "the warm-up of input 'x' needs sizes for [2], got [3]",
    );
  });

  test('has the settings of its deployment: direct scheduling, two instances, labels', async () => {
    const { config } = await bench.acme.modelConfig({ name: 'labelled' });
    expect(config).toMatchObject({
      ...{ maxBatchSize: 64, instanceGroup: [{ count: 2, kind: 'KIND_CPU' }] },
      output: [
        { name: 'y', labelFilename: 'labels.txt' },
        { name: 'place', labelFilename: '' },
      ],
    });
    expect(config).not.toHaveProperty('dynamicBatching');
    const outputs = [{ name: 'y', parameters: { classification: { int64Param: 1 } } }];
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [1, 2], contents: { fp32Contents: [1, 2] } }];
    const { rawOutputContents } = await bench.acme.modelInfer({ modelName: 'labelled', inputs, outputs });
    expect(rawOutputContents[0]?.subarray(4).toString()).toBe('4.000000:1:right');
  });
});
