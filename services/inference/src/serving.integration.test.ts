// The RPCs as clients use them, on a real server with real models.

import { createStub, type InferTensor, infer } from '@athanor/client';
import { serviceDefinition, toStruct } from '@athanor/contracts';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestBench, type TestBench } from './inference.testkit.js';
import { brokenModel, identitiesModel, scaleModel, sumModel, unbatchedModel } from './models.testkit.js';
import { type DesiredDeployment, versionDigest } from './registry.testkit.js';

const scale: DesiredDeployment = {
  tenant: 'acme',
  name: 'scale',
  version: 7,
  model: scaleModel(2),
  classes: ['left', 'right'],
  serving: { scheduler: { kind: 'dynamic', parameters: toStruct({ maxBatchSize: 8 }) } },
};
const deployments: DesiredDeployment[] = [
  scale,
  { tenant: 'acme', name: 'sum', version: 1, model: sumModel() },
  { tenant: 'acme', name: 'plain', version: 1, model: unbatchedModel() },
  { tenant: 'acme', name: 'identities', version: 1, model: identitiesModel() },
  { tenant: 'acme', name: 'broken', version: 3, model: brokenModel() },
  { tenant: 'other', name: 'secret', version: 1, model: scaleModel(5) },
];

let bench: TestBench;

beforeAll(async () => {
  bench = await startTestBench();
  bench.registry.deployments = deployments;
  await bench.publishAliasMoved('acme', 'scale', 7);
  const states = async () =>
    (await Promise.all([bench.acme, bench.other].map(each => each.repositoryIndex({}))))
      .flatMap(({ models }) => models.map(({ name, state }) => `${name} ${state}`))
      .sort();
  const loaded = [
    'broken UNAVAILABLE',
    ...['identities', 'plain', 'scale', 'secret', 'sum'].map(each => `${each} READY`),
  ];
  await vi.waitFor(async () => expect(await states()).toEqual(loaded), { timeout: 30_000 });
});

afterAll(async () => {
  await bench.stop();
});

const x = (...values: number[]): InferTensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length / 2, 2],
  data: Float32Array.from(values),
});

describe('ModelInfer', () => {
  test('answers with raw contents, the request id, the version and its digest', async () => {
    const answer = await infer(bench.acme, { modelName: 'scale', inputs: [x(1, 2, 3, 4)], id: 'my-id' });
    expect(answer).toMatchObject({ modelName: 'scale', modelVersion: '7', id: 'my-id' });
    expect(answer.parameters.get('athanor_version_digest')).toBe(versionDigest(scale));
    expect(answer.outputs.get('y')).toEqual({
      name: 'y',
      datatype: 'FP32',
      shape: [2, 2],
      data: Float32Array.of(2, 4, 6, 8),
    });
    expect(answer.outputs.get('place')).toEqual({
      name: 'place',
      datatype: 'INT64',
      shape: [2],
      data: BigInt64Array.of(1n, 1n),
    });
  });

  test('accepts typed contents and answers with raw contents', async () => {
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [1, 2], contents: { fp32Contents: [1, 2] } }];
    const answer = await bench.acme.modelInfer({
      modelName: 'scale',
      modelVersion: '7',
      inputs,
      outputs: [{ name: 'y' }],
    });
    expect(answer.outputs).toMatchObject([{ name: 'y', shape: [1, 2], contents: null }]);
    expect(answer.rawOutputContents).toEqual([Buffer.from(Float32Array.of(2, 4).buffer)]);
  });

  test('returns the requested outputs, in the requested order', async () => {
    const answer = await infer(bench.acme, { modelName: 'scale', inputs: [x(1, 2)], outputs: ['place', 'y'] });
    expect([...answer.outputs.keys()]).toEqual(['place', 'y']);
  });

  test('turns an output into its best classes', async () => {
    const outputs = [{ name: 'y', parameters: { classification: { int64Param: 1 } } }];
    const request = { modelName: 'scale', inputs: [{ name: 'x', datatype: 'FP32', shape: [2, 2] }], outputs };
    const raw = Buffer.from(Float32Array.of(1, 2, 4, 3).buffer);
    const answer = await bench.acme.modelInfer({ ...request, rawInputContents: [raw] });
    expect(answer.outputs).toMatchObject([{ datatype: 'BYTES', shape: [2, 1] }]);
    expect(answer.rawOutputContents[0]).toEqual(Buffer.from('\x10\0\0\x004.000000:1:right\x0f\0\0\x008.000000:0:left'));
  });

  test('supports every datatype', async () => {
    const { inputs } = await bench.acme.modelMetadata({ name: 'identities' });
    const data: Record<string, InferTensor['data']> = {
      BOOL: Uint8Array.of(0, 1),
      UINT8: Uint8Array.of(1, 255),
      INT8: Int8Array.of(1, -1),
      INT16: Int16Array.of(1, -1),
      INT32: Int32Array.of(1, -1),
      INT64: BigInt64Array.of(1n, -(2n ** 60n)),
      UINT64: BigUint64Array.of(1n, 2n ** 60n),
      FP16: Uint16Array.of(0x3c00, 0xbc00),
      FP32: Float32Array.of(1.5, -1.5),
      FP64: Float64Array.of(Math.PI, -1),
      BYTES: [Buffer.from('ä'), Buffer.from('')],
    };
    const tensors = inputs.map(({ name, datatype }): InferTensor => {
      return { name, datatype: datatype as InferTensor['datatype'], shape: [1, 2], data: data[datatype]! };
    });
    const { outputs } = await infer(bench.acme, { modelName: 'identities', inputs: tensors });
    for (const tensor of tensors)
      expect(outputs.get(`same_${tensor.name}`)?.data, tensor.datatype).toEqual(tensor.data);
  });

  test('serves a model without a batch dimension', async () => {
    const inputs: InferTensor[] = [{ name: 'x', datatype: 'FP32', shape: [3], data: Float32Array.of(1, 2, 3) }];
    const answer = await infer(bench.acme, { modelName: 'plain', inputs });
    expect(answer.outputs.get('y')).toMatchObject({ shape: [3], data: Float32Array.of(2, 4, 6) });
  });

  test('keeps the rows of concurrent requests apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        infer(bench.acme, { modelName: 'scale', inputs: [x(index, -index)], id: String(index) }),
      ),
    );
    for (const [index, { id, outputs }] of answers.entries()) {
      expect(id).toBe(String(index));
      expect([...(outputs.get('y')!.data as Float32Array)]).toEqual([2 * index, -2 * index]);
    }
  });
});

describe('metadata of the server and its models', () => {
  test('bug: a probe needed a key to call ServerLive and ServerReady', async () => {
    const probe = createStub('inference', { address: bench.address, credential: '' });
    expect(await probe.serverLive({})).toEqual({ live: true });
    expect(await probe.serverReady({})).toEqual({ ready: true });
    await expect(probe.serverMetadata({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(probe.traceSetting({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    probe.close();
  });

  test('live, ready, and the implemented extensions', async () => {
    expect(await bench.acme.serverLive({})).toEqual({ live: true });
    expect(await bench.acme.serverReady({})).toEqual({ ready: true });
    const { name, extensions } = await bench.acme.serverMetadata({});
    expect(name).toBe('athanor');
    expect(extensions).toContain('statistics');
    expect(extensions).not.toContain('system_shared_memory');
  });

  test('readiness per model and version', async () => {
    const ready = async (name: string, version = '') => (await bench.acme.modelReady({ name, version })).ready;
    expect([
      await ready('scale'),
      await ready('scale', '7'),
      await ready('broken'),
      await ready('broken', '3'),
    ]).toEqual([true, true, false, false]);
  });

  test('unloading and loading change the desired state', async () => {
    const ready = async () => (await bench.acme.repositoryIndex({})).models.find(({ name }) => name === 'plain');
    await bench.acme.repositoryModelUnload({
      modelName: 'plain',
      parameters: { unload_dependents: { boolParam: true } },
    });
    // Accepted requests are answered before its memory is given back.
    await expect.poll(ready).toEqual({ name: 'plain', version: '1', state: 'UNAVAILABLE', reason: 'unloaded' });
    expect(await bench.acme.modelReady({ name: 'plain' })).toEqual({ ready: false });
    expect(await bench.acme.modelReady({ name: 'plain', version: '1' })).toEqual({ ready: false });
    expect(bench.registry.deployments.find(({ name }) => name === 'plain')?.stopped).toBe(true);
    await bench.acme.repositoryModelLoad({ modelName: 'plain' });
    expect(await ready()).toEqual({ name: 'plain', version: '1', state: 'READY', reason: '' });
  });

  test('metadata shows the batch dimension, the configuration does not', async () => {
    expect(await bench.acme.modelMetadata({ name: 'scale' })).toMatchObject({
      ...{ name: 'scale', versions: ['7'], platform: 'onnxruntime_onnx' },
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [
        { name: 'y', datatype: 'FP32', shape: [-1, 2] },
        { name: 'place', datatype: 'INT64', shape: [-1] },
      ],
    });
    const { config } = await bench.acme.modelConfig({ name: 'scale' });
    expect(config).toMatchObject({
      ...{ maxBatchSize: 8, schedulingChoice: 'dynamicBatching', modelTransactionPolicy: { decoupled: false } },
      input: [{ name: 'x', dataType: 'TYPE_FP32', dims: [2] }],
      output: [
        { name: 'y', dims: [2], labelFilename: 'labels.txt' },
        { name: 'place', dataType: 'TYPE_INT64', dims: [], labelFilename: '' },
      ],
    });
    expect((await bench.acme.modelConfig({ name: 'plain' })).config).toMatchObject({
      maxBatchSize: 0,
      input: [{ dims: [3] }],
    });
  });

  test('the index has every version with its state and the reason', async () => {
    const index = async () => (await bench.acme.repositoryIndex({})).models;
    // A version that failed is retried periodically, and is LOADING meanwhile.
    await expect
      .poll(async () => (await index()).find(({ name }) => name === 'broken'))
      .toMatchObject({ version: '3', state: 'UNAVAILABLE', reason: expect.stringContaining('Reshape') });
    const models = await index();
    expect(models.find(({ name }) => name === 'scale')).toEqual({
      name: 'scale',
      version: '7',
      state: 'READY',
      reason: '',
    });
    expect(models.map(({ name }) => name)).not.toContain('secret');
    expect((await bench.acme.repositoryIndex({ ready: true })).models.map(({ name }) => name)).not.toContain('broken');
  });

  test('statistics count every request, with equal compute counts', async () => {
    const statistics = async () => (await bench.acme.modelStatistics({ name: 'sum' })).modelStats[0]!;
    const before = await statistics();
    const inputs = ['a', 'b'].map(name => ({ ...x(1, 2, 3, 4), name }));
    for (let index = 0; index < 3; index++) await infer(bench.acme, { modelName: 'sum', inputs });
    const after = await statistics();
    expect(after).toMatchObject({ name: 'sum', version: '1' });
    expect(after.inferenceCount - before.inferenceCount).toBe(6);
    expect(after.executionCount - before.executionCount).toBe(3);
    const { success, queue, computeInput, computeInfer, computeOutput } = after.inferenceStats!;
    expect([success, queue, computeInput, computeInfer, computeOutput].map(each => each!.count)).toEqual([
      3, 3, 3, 3, 3,
    ]);
    expect(success!.ns).toBeGreaterThan(computeInfer!.ns);
    expect(after.batchStats).toMatchObject([{ batchSize: 2, computeInfer: { count: 3 } }]);
    expect((await bench.acme.modelStatistics({})).modelStats.map(({ name }) => name).sort()).toEqual([
      'identities',
      'plain',
      'scale',
      'sum',
    ]);
  });

  test('metrics cover models, batches and queues', async () => {
    await infer(bench.acme, { modelName: 'scale', inputs: [x(1, 2)] });
    const metrics = await (await fetch(`${bench.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/athanor_inference_models_loaded\S* 5/);
    expect(metrics).toMatch(/athanor_inference_queue_depth\{.*model="scale".*\} 0/);
    expect(metrics).toMatch(/athanor_inference_requests_total\{.*model="scale".*outcome="success".*\} \d+/);
    for (const name of ['batch_size', 'compute_duration', 'queue_duration', 'model_load_duration']) {
      expect(metrics.includes(`athanor_inference_${name}_bucket`), name).toBe(true);
    }
  });
});

describe('ModelStreamInfer', () => {
  const requests = async function* (...names: string[]) {
    for (const [index, modelName] of names.entries()) {
      const raw = Buffer.from(Float32Array.of(index, index).buffer);
      yield {
        modelName,
        id: String(index),
        inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2] }],
        rawInputContents: [raw],
      };
    }
  };

  test('answers in order; a failed request is answered with its error and the stream continues', async () => {
    const answers: [string, string, number | undefined][] = [];
    for await (const { errorMessage, inferResponse } of bench.acme.modelStreamInfer(
      requests('scale', 'nothing', 'scale', 'scale'),
    )) {
      answers.push([inferResponse!.id, errorMessage, inferResponse!.rawOutputContents[0]?.readFloatLE()]);
      if (errorMessage === '')
        expect(inferResponse!.parameters.triton_final_response).toMatchObject({ boolParam: true });
    }
    const message = "Request for unknown model: 'nothing' is not found";
    expect(answers).toEqual([
      ['0', '', 0],
      ['1', message, undefined],
      ['2', '', 4],
      ['3', '', 6],
    ]);
  });

  test('accepts more requests than are processed concurrently', async () => {
    let next = 0;
    for await (const { inferResponse } of bench.acme.modelStreamInfer(
      requests(...new Array<string>(300).fill('scale')),
    )) {
      expect(inferResponse!.id).toBe(String(next++));
    }
    expect(next).toBe(300);
  });

  test('with triton_grpc_error the first failure ends it with its status', async () => {
    const client = new Client(bench.address, credentials.createInsecure());
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${bench.acmeKey}`);
    metadata.set('triton_grpc_error', 'true');
    const { path, requestSerialize, responseDeserialize } = serviceDefinition('inference').ModelStreamInfer!;
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    const ended = new Promise(resolve => call.on('error', resolve).on('data', () => undefined));
    for await (const request of requests('scale', 'nothing', 'scale')) call.write(request);
    call.end();
    expect(await ended).toMatchObject({ code: 5, details: "Request for unknown model: 'nothing' is not found" });
    client.close();
  });
});
