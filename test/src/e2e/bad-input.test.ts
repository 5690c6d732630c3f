import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAthanorClient, type InferTensor, infer } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createJob, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { createKey, openTenant, type TestTenant } from '../mesh/shared-mesh.js';

// Bad input from a person or a program to a running mesh. Each message says what was expected, what was received and
// what to do; each case has its own exit code or status.

let data: string;
let mesh: TestTenant;

const athanor = (...args: string[]) => runAthanor(args, { env: mesh.env });

beforeAll(async () => {
  mesh = await openTenant(inject('mesh'), 'bad-input');
  data = await writeSmallMnist(join(mesh.folder, 'mnist'), { train: 2_000, test: 200 });
  await importIdx(mesh.client, 'digits', data);
  const { jobId } = await createJob(mesh.client, 'digits', referenceSpec('digits', { epochs: 2 }));
  await waitForJob(mesh.client, jobId);
  await serve(mesh.client, await versionOfJob(mesh.client, jobId));
}, 120_000);

afterAll(() => mesh?.close());

/** A copy of the IDX folder with one file changed. */
async function damaged(label: string, name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const folder = await writeSmallMnist(join(mesh.folder, label), { train: 300, test: 50 });
  await writeFile(join(folder, name), change(await readFile(join(folder, name))));
  return folder;
}

describe('importing', () => {
  it.each([
    ['a truncated IDX file', 'train-images-idx3-ubyte', (b: Buffer) => b.subarray(0, 1_000), 'the file is truncated'],
    [
      'a wrong magic number',
      'train-images-idx3-ubyte',
      (b: Buffer) => Buffer.concat([Buffer.from('PNG?'), b.subarray(4)]),
      'expected the IDX magic number',
    ],
    [
      'fewer labels than images',
      'train-labels-idx1-ubyte',
      fewerLabels,
      '299 labels, but train-images-idx3-ubyte has 300 rows',
    ],
    ['an empty file', 'train-labels-idx1-ubyte', () => Buffer.alloc(0), 'an empty file has no rows'],
  ])('%s is refused with what was expected and received', async (label, name, change, words) => {
    const folder = await damaged(label.replaceAll(' ', '-'), name, change);
    const { code, stderr } = await athanor('dataset', 'import', 'broken', folder);
    expect(stderr).toContain(words);
    expect(code).not.toBe(0);
  });

  it.each([
    ['ragged rows', 'a,b,label\n1,2,x\n1,2,3,y\n', 'line 3'],
    ['no target column', 'a,b\n1,2\n', "--target names the column 'label', but the columns are a, b"],
    ['the same name twice', 'a, a,label\n1,2,x\n3,4,y\n', "'a'"],
    ['no rows', 'a,label\n', 'no-rows.csv'],
  ])('a CSV with %s is refused', async (label, content, words) => {
    const path = join(mesh.folder, `${label.replaceAll(' ', '-')}.csv`);
    await writeFile(path, content);
    const { code, stderr } = await athanor('dataset', 'import', 'broken-csv', path, '--target', 'label');
    expect(stderr).toContain(words);
    expect(code).toBe(1);
  });

  it('a folder without tables and IDX files says which names are expected', async () => {
    const folder = join(mesh.folder, 'nothing');
    await mkdir(folder);
    const { code, stderr } = await athanor('dataset', 'import', 'broken', folder);
    expect(stderr).toMatch(/expected tables \(.csv.*train-images-idx3-ubyte.*found nothing/);
    expect(code).toBe(2);
  });
});

describe('importing again', () => {
  it('bug: a dataset with a wrong name was uploaded completely before it was refused', async () => {
    const { code, stderr } = await athanor('dataset', 'import', 'Bad_Name', data);
    expect(stderr).toContain('dataset_id');
    expect(stderr).not.toContain('upload train-images');
    expect(code).toBe(2);
  });
});

describe('training', () => {
  it('on an unknown dataset is refused', async () => {
    const { code, stderr } = await athanor('train', '--dataset', 'nothing', '--name', 'm');
    expect(stderr).toContain("dataset 'nothing' is not found");
    expect(code).toBe(3);
  });

  it('on a dataset without a target is refused', async () => {
    const path = join(mesh.folder, 'unlabelled.csv');
    await writeFile(path, `a,b\n${Array.from({ length: 200 }, (_, i) => `${i / 8},${i % 7}`).join('\n')}\n`);
    expect((await athanor('dataset', 'import', 'unlabelled', path)).code).toBe(0);
    const { code, stderr } = await athanor('train', '--dataset', 'unlabelled', '--name', 'm');
    expect(stderr).toContain('unlabelled v1 has no target; name a column to predict: a, b');
    expect(code).toBe(2);
  });

  it('that diverges fails with the step and a remedy', async () => {
    const { code, stderr } = await athanor(
      'train',
      '--dataset',
      'digits',
      '--name',
      'm',
      '--optimizer',
      'sgd',
      '--optimizer.learning-rate',
      '1e20',
      '--wait',
    );
    expect(stderr).toMatch(/diverged in epoch \d+ at step \d+/);
    expect(stderr).toContain('lower the learning rate');
    expect(code).toBe(7);
  });

  it('with several invalid fields lists them all', async () => {
    const { code, stderr } = await athanor(
      'train',
      '--dataset',
      'digits',
      '--name',
      'm',
      '--model',
      'mlp',
      '--model.hidden',
      '0',
      '--optimizer',
      'adam',
      '--optimizer.learning-rate=-1',
    );
    expect(stderr).toContain('spec.model.parameters.hidden.0');
    expect(stderr).toContain('spec.optimizer.parameters.learningRate');
    expect(code).toBe(2);
  });
});

describe('promoting', () => {
  it('below the gate is refused with the metrics, and the alias stays', async () => {
    expect((await athanor('model', 'gate', 'digits', '--alias', 'strict', '--threshold', '0.9999')).code).toBe(0);
    const { code, stderr } = await athanor('model', 'promote', 'digits', '1', '--alias', 'strict');
    expect(stderr).toMatch(/accuracy is 0\.\d+, but the gate requires at least 0\.9999; the alias stays at version 0/);
    expect(code).toBe(5);
  });

  it('bug: a gate with a mistyped model name silently created a model', async () => {
    const { code, stderr } = await athanor('model', 'gate', 'digitz', '--threshold', '0.9');
    expect(stderr).toContain("Model 'digitz' has no version yet");
    expect(code).toBe(0);
  });

  it('an unknown model or version is refused', async () => {
    expect((await athanor('model', 'promote', 'nothing', '1')).code).toBe(3);
    expect((await athanor('model', 'promote', 'digits', '99')).code).toBe(3);
  });

  it('from another version than was expected is refused', async () => {
    const { code, stderr } = await athanor('model', 'promote', 'digits', '1', '--expected-version', '5');
    expect(stderr).toContain('was expected at version 5, but is at 1');
    expect(code).toBe(5);
  });
});

describe('inferring', () => {
  const image = (change: Partial<InferTensor> = {}): InferTensor => ({
    ...{ name: 'image', datatype: 'UINT8', shape: [1, 28, 28], data: new Uint8Array(784) },
    ...change,
  });
  const ask = (input: InferTensor, modelName = 'digits') =>
    infer(mesh.client.inference, { modelName, inputs: [input] });

  it.each([
    ['name', image({ name: 'picture' }), "unexpected inference input 'picture'"],
    [
      'datatype',
      image({ datatype: 'INT8', data: new Int8Array(784) }),
      "data-type is 'INT8', but model 'digits' expects 'UINT8'",
    ],
    ['shape', image({ shape: [1, 14, 56] }), "unexpected shape for input 'image'"],
    ['byte size', image({ data: new Uint8Array(700) }), 'Expected 784, got 700'],
  ])('a tensor of a wrong %s is refused', async (_what, input, words) => {
    await expect(ask(input)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(words),
    });
  });

  it('bug: the command line sent values that it could not convert', async () => {
    const row = (last: string) =>
      `{"image": [[${Array.from({ length: 28 }, (_, i) => `[${'0,'.repeat(27)}${i === 27 ? last : 0}]`)}]]}`;
    expect((await athanor('infer', 'digits', '--inputs', row('1'))).code).toBe(0);
    for (const [last, words] of [
      ['300', "input 'image', element 783: UINT8 expects a whole number from 0 to 255, got 300"],
      ['"a"', 'got "a"'],
      ['null', 'got null'],
      ['0,0', 'image[0][27]: expected an array of 28 like the first one, got 29'],
    ] as const) {
      const { code, stderr } = await athanor('infer', 'digits', '--inputs', row(last));
      expect(stderr).toContain(words);
      expect(code).toBe(2);
    }
  });

  it('an unknown model is not found', async () => {
    await expect(ask(image(), 'nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it("another tenant's model is not found, and its datasets, jobs and versions neither", async () => {
    const apiKey = await createKey(inject('mesh'), `${mesh.tenant}-other`);
    const other = createAthanorClient({ addresses: mesh.addresses, apiKey });
    const answers = await Promise.all([
      other.ingest.listDatasets({}),
      other.training.listTrainingJobs({}),
      other.registry.listModels({}),
      other.inference.repositoryIndex({}),
    ]);
    for (const answer of answers) expect(Object.values(answer)[0]).toEqual([]);
    await expect(infer(other.inference, { modelName: 'digits', inputs: [image()] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(other.registry.getModel({ name: 'digits' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(other.ingest.getDataset({ datasetId: 'digits' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { jobs } = await mesh.client.training.listTrainingJobs({});
    await expect(other.training.getTrainingJob({ jobId: jobs[0]?.jobId ?? '' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    other.close();
  });
});

function fewerLabels(bytes: Buffer): Buffer {
  const header = Buffer.from(bytes.subarray(0, 8));
  header.writeUInt32BE(299, 4);
  return Buffer.concat([header, bytes.subarray(8, 8 + 299)]);
}
