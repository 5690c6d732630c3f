import { join } from 'node:path';
import { collectChunks, infer } from '@athanor/client';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import { type CategoryValues, parseDatasetManifest, readShard, type VectorValues } from '@athanor/data';
import { bytesOf, readSafetensors, type Tensor } from '@athanor/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJob, eventually, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { MNIST, writeSmallMnist } from '../mesh/mnist.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';

const GATE = { alias: 'champion', metric: 'accuracy', split: 'test', threshold: 0.965 };

let home: string;
let mesh: TestMesh;
let dataset: DatasetVersion;
let version: ModelVersion;

beforeAll(async () => {
  home = await temporaryHome('main-job');
  mesh = await startMesh({ home });
  dataset = await importIdx(mesh.client, 'digits', MNIST);
  const { jobId } = await createJob(mesh.client, 'digits', referenceSpec('digits'));
  expect((await waitForJob(mesh.client, jobId)).state).toBe('STATE_SUCCEEDED');
  version = await versionOfJob(mesh.client, jobId);
  await mesh.client.registry.setGate({ modelName: 'digits', gate: GATE });
  await serve(mesh.client, version);
}, 120_000);

afterAll(async () => {
  await mesh?.stop();
  await removeHome(home);
});

describe('all of MNIST', () => {
  it('has 70,000 rows without a flaw, split by the hash of the row', () => {
    expect(dataset.rowsRead).toBe(70_000);
    expect(dataset.findings.map(each => each.rows)).toEqual([0, 0, 0]);
    expect(dataset.splits.map(each => [each.split, each.rows])).toEqual([
      ['train', 54_073],
      ['validation', 5_927],
      ['test', 10_000],
    ]);
  });

  it('trains a model that passes the gate', () => {
    expect(accuracyOf(version)).toBeGreaterThanOrEqual(0.965);
  });

  it.each([1, 2])('trains an equally good model with seed %i', async seed => {
    const { jobId } = await createJob(mesh.client, `digits-seed-${seed}`, referenceSpec('digits', { seed }));
    const job = await waitForJob(mesh.client, jobId);
    expect(job.result?.evaluation?.metrics.find(({ name }) => name === 'accuracy')?.value).toBeGreaterThanOrEqual(
      0.965,
    );
  });
});

describe('serving', () => {
  it("serves the evaluation's probabilities on all 10,000 test rows: bit-identical at its batch size, within 1e-6 at batch 1", async () => {
    const rows = await testRows();
    const evaluated = await evaluatedProbabilities();
    expect(rows.labels).toHaveLength(10_000);
    const served = await askInBatches(rows, 32);
    // The last batch is not full, unlike in the evaluation: it is compared like batch 1.
    const whole = 32 * 10 * Math.floor(10_000 / 32);
    expect(bits(served.subarray(0, whole))).toEqual(bits(evaluated.subarray(0, whole)));
    expect(largestDifference(served, evaluated)).toBeLessThanOrEqual(1e-6);
    expect(largestDifference(await askInBatches(rows, 1), evaluated)).toBeLessThanOrEqual(1e-6);
    expect(accuracy(served, rows.labels)).toBe(accuracyOf(version));
  }, 120_000);

  it('returns the version that answered, whose lineage leads back to the uploaded bytes', async () => {
    const rows = await testRows();
    const answer = await infer(mesh.client.inference, {
      modelName: 'digits',
      inputs: [{ ...rows.batch(0, 1), name: 'image' }],
    });
    const versionDigest = String(answer.parameters.get('athanor_version_digest'));
    expect(versionDigest).toBe(version.digest);
    const { nodes } = await mesh.client.registry.getLineage({ versionDigest });
    const sources = nodes.filter(({ kind }) => kind === 'KIND_SOURCE').map(({ digest }) => digest);
    expect(sources.sort()).toEqual(dataset.sources.map(({ digest }) => digest).sort());
  });
});

describe('training again', () => {
  it('in the same home adds no second version but one more edge of lineage', async () => {
    const { jobId } = await createJob(mesh.client, 'digits', referenceSpec('digits'));
    await waitForJob(mesh.client, jobId);
    const again = await versionOfJob(mesh.client, jobId);
    expect(again.version).toBe(version.version);
    expect(again.digest).toBe(version.digest);
    expect(again.jobIds).toHaveLength(version.jobIds.length + 1);
    expect((await mesh.client.registry.listModelVersions({ modelName: 'digits' })).modelVersions).toHaveLength(1);
  });

  it('in another home gives the same dataset and version digests', async () => {
    const otherHome = await temporaryHome('main-job-2');
    const other = await startMesh({ home: otherHome });
    try {
      const data = await writeSmallMnist(join(otherHome, 'data'), { train: 3_000, test: 300 });
      const digestsIn = async ({ client }: TestMesh) => {
        const { digest } = await importIdx(client, 'small', data);
        const { jobId } = await createJob(client, 'small', referenceSpec('small'));
        await waitForJob(client, jobId);
        return [digest, (await versionOfJob(client, jobId)).digest];
      };
      expect(await digestsIn(other)).toEqual(await digestsIn(mesh));
    } finally {
      await other.stop();
      await removeHome(otherHome);
    }
  }, 120_000);

  it('with another seed creates a version that takes over without a failed request', async () => {
    const { jobId } = await createJob(mesh.client, 'digits', referenceSpec('digits', { seed: 7, epochs: 5 }));
    await waitForJob(mesh.client, jobId);
    const next = await versionOfJob(mesh.client, jobId);
    expect(next.version).toBe(2);
    const rows = await testRows();
    const answeredBy = new Set<string>();
    let stop = false;
    const load = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (!stop) {
          const answer = await infer(mesh.client.inference, {
            modelName: 'digits',
            inputs: [{ ...rows.batch(0, 1), name: 'image' }],
          });
          answeredBy.add(answer.modelVersion);
        }
      }),
    );
    await mesh.client.registry.moveAlias({ modelName: 'digits', alias: 'champion', version: 2 });
    await eventually('version 2 to answer', async () => answeredBy.has('2') || undefined);
    await mesh.client.registry.rollbackAlias({ modelName: 'digits', alias: 'champion' });
    answeredBy.clear();
    await eventually('version 1 to answer again', async () => answeredBy.has('1') || undefined);
    stop = true;
    await load;
  }, 60_000);
});

interface Rows {
  readonly labels: Int32Array;
  batch(begin: number, count: number): { datatype: 'UINT8'; shape: number[]; data: Uint8Array<ArrayBuffer> };
}

async function testRows(): Promise<Rows> {
  const read = (digest: string) =>
    collectChunks(mesh.client.ingest.readDatasetBlob({ datasetId: 'digits', version: 1, digest }));
  const { columns, splits } = parseDatasetManifest(await read(''));
  const shards = await Promise.all(
    splits.test.shards.map(async ({ digest }) => readShard(await read(digest), columns).values),
  );
  const images = Buffer.concat(shards.map(values => bytesOf((values.get(0) as VectorValues).tensor)));
  const labels = shards.flatMap(values => [...(values.get(1) as CategoryValues).codes]);
  return {
    labels: Int32Array.from(labels),
    batch: (begin, count) => ({
      datatype: 'UINT8',
      shape: [count, 28, 28],
      data: new Uint8Array(images.subarray(begin * 784, (begin + count) * 784)),
    }),
  };
}

async function evaluatedProbabilities(): Promise<Float32Array> {
  const [evaluation] = version.evaluations;
  const request = { versionDigest: version.digest, fileDigest: evaluation?.predictionsDigest ?? '' };
  const bytes = await collectChunks(mesh.client.registry.readModelFile(request));
  return (readSafetensors(bytes).tensors.get('probabilities') as Tensor<'FP32'>).data;
}

async function askInBatches(rows: Rows, size: number): Promise<Float32Array> {
  const served = new Float32Array(rows.labels.length * 10);
  for (let begin = 0; begin < rows.labels.length; begin += size) {
    const count = Math.min(size, rows.labels.length - begin);
    const answer = await infer(mesh.client.inference, {
      modelName: 'digits',
      inputs: [{ ...rows.batch(begin, count), name: 'image' }],
    });
    served.set(answer.outputs.get('probabilities')?.data as Float32Array, begin * 10);
  }
  return served;
}

function accuracyOf({ evaluations }: ModelVersion): number {
  return evaluations[0]?.metrics.find(({ name }) => name === 'accuracy')?.value ?? Number.NaN;
}

function accuracy(probabilities: Float32Array, labels: Int32Array): number {
  const right = labels.filter((label, row) => {
    const own = probabilities.subarray(row * 10, row * 10 + 10);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / labels.length;
}

function bits(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (b[index] ?? Number.NaN))), 0);
}

// A second `npm run quickstart` runs in a home that was used before.
describe('the import', () => {
  it('of the same files under the same key returns the existing version', async () => {
    expect((await importIdx(mesh.client, 'digits', join(MNIST))).version).toBe(1);
  });
});
