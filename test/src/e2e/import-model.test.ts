import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { CLASSES, classifierBytes, writeClassifier } from '../mesh/onnx-model.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';

// A model that was made elsewhere, from a file to labelled answers, by the command line.

let mesh: TestTenant;
const athanor = (...args: string[]) => runAthanor(args, { env: mesh.env });
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await athanor(...args, '-o', 'json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

const CONFIG = `max_batch_size: 8
dynamic_batching { max_queue_delay_microseconds: 100 }
instance_group [ { count: 2, kind: KIND_CPU } ]
output [ { name: "scores", data_type: TYPE_FP32, dims: [ 3 ], label_filename: "labels.txt" } ]
`;

beforeAll(async () => {
  mesh = await openTenant(inject('mesh'), 'import-model');
}, 60_000);
afterAll(() => mesh?.close());

describe('a model that was made elsewhere', () => {
  it('is imported with its signature, batching, licence and lineage', async () => {
    const folder = await writeClassifier(join(mesh.folder, 'sentiment'), CONFIG);
    const { code, stdout, stderr } = await athanor('model', 'import', 'sentiment', folder, '--licence', 'Apache-2.0');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/Inputs: +x FP32 \[batch, 2\]\nOutputs: +scores FP32 \[batch, 3\]\n/);
    expect(stdout).toMatch(/Batching: +the first axis is the batch, at most 8 rows/);
    expect(stderr).toMatch(/athanor .*deployment set sentiment --model sentiment@1/);
    expect((await athanor('lineage', 'sentiment@1')).stdout).toMatch(
      /imported from .*sentiment, by key:\w+, at \d{4}-[^\n]*\n +config\.pbtxt .*\n.* labels\.txt .*\n.* model\.onnx /,
    );
    expect((await athanor('model', 'import', 'sentiment', folder, '--licence', 'Apache-2.0')).stdout).toMatch(/ v1\n/);
  });

  it('is deployed as its config.pbtxt says, and answers with labels', async () => {
    const made = await json('deployment', 'set', 'sentiment', '--model', 'sentiment@1');
    expect(made).toMatchObject({ activeVersion: 1, revision: 1, serving: { instances: 2, gpu: 'GPU_OFF' } });
    const rows = await eventually('labelled answers', async () => {
      const { code, stdout } = await athanor(
        'infer',
        'sentiment',
        '--json',
        '[{"x": [2, 1]}, {"x": [-3, 0]}]',
        '-o',
        'json',
      );
      return code === 0 ? JSON.parse(stdout) : undefined;
    });
    expect(rows).toEqual([
      { scores_label: 'positive', scores_negative: -3, scores_neutral: 0.5, scores_positive: 3 },
      { scores_label: 'negative', scores_negative: 3, scores_neutral: 0.5, scores_positive: -3 },
    ]);
    const tensors = await json('infer', 'sentiment', '--inputs', '{"x": [[0, 0]]}');
    expect(tensors.outputs).toMatchObject([{ name: 'scores', labels: ['neutral'] }]);
    expect((await athanor('infer', 'sentiment', '--inputs', '{"x": [[0, 0]]}')).stdout).toMatch(
      /scores: +neutral 0\.5000/,
    );
  });

  it('is described with its settings and how it is served', async () => {
    const { status } = await eventually('a version that is ready', async () => {
      const described = await json('deployment', 'describe', 'sentiment');
      return described.status?.versions?.[0]?.state === 'STATE_READY' ? described : undefined;
    });
    expect(status.versions[0]).toMatchObject({ version: 1, scheduler: 'dynamic', instances: [{}, {}] });
    const { stdout } = await athanor('deployment', 'describe', 'sentiment');
    expect(stdout).toMatch(/Scheduler: +dynamic: max-batch-size 8, /);
    expect(stdout).toMatch(/Labels: +scores: 3 classes\n/);
    expect(stdout).toMatch(/v1 +READY +dynamic +process +cpu/);
  });

  it('has other settings as a revision, and the earlier ones again after an undo', async () => {
    const changed = await json('deployment', 'set', 'sentiment', '--instances', '1', '--scheduler.max-batch-size', '4');
    expect(changed).toMatchObject({ version: 1, revision: 2, serving: { instances: 1, labels: { outputs: [{}] } } });
    expect(await json('rollout', 'undo', 'sentiment')).toMatchObject({ revision: 3, serving: { instances: 2 } });
    const { stdout } = await athanor('rollout', 'history', 'sentiment');
    expect(stdout).toMatch(/\n3 .*undo: back to revision 1\n2 .* set\n1 .* set\n/);
  });

  it.each([
    [['--instances', '1000'], /expected 1 to 64, got 1000; each instance holds the whole model/],
    [['--scheduler', 'dynamc'], /did you mean 'dynamic'/],
    [['--isolation', 'thread'], /expected auto or process for an imported model/],
    [['--labels', 'score=/etc/hostname'], /expected one of scores, got 'score'/],
    [['--scheduler.max-batch-size', 'many'], /maxBatchSize: .*got "many"/],
  ])('refuses the settings %j and says what is allowed', async (options, message) => {
    const { code, stderr } = await athanor('deployment', 'set', 'sentiment', ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('a repository', () => {
  it('is imported and deployed but for what is refused, which the exit code says', async () => {
    const repository = join(mesh.folder, 'repository');
    await writeClassifier(join(repository, 'good'), CONFIG, '1/model.onnx');
    // The newest version is the one to serve.
    await mkdir(join(repository, 'good', '2'));
    await writeFile(join(repository, 'good', '2', 'model.onnx'), classifierBytes(1));
    await mkdir(join(repository, 'damaged', '1'), { recursive: true });
    await writeFile(join(repository, 'damaged', '1', 'model.onnx'), classifierBytes().subarray(0, 60));
    const { code, stdout } = await athanor('model', 'import-repository', repository);
    expect(code).toBe(5);
    expect(stdout).toMatch(/damaged +- +no +"1\/model\.onnx": the file is not a complete ONNX model/);
    expect(stdout).toMatch(/good +v1 +yes/);
    const rows = await eventually('an answer of the deployed model', async () => {
      const { code: failed, stdout: out } = await athanor('infer', 'good', '--json', '{"x": [0, 0]}', '-o', 'json');
      return failed === 0 ? JSON.parse(out) : undefined;
    });
    expect(rows).toMatchObject([{ scores_label: CLASSES[2] }]);
  });
});
