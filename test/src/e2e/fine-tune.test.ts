import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';

// A model that PyTorch exported is imported, trained further on other data, registered and served.

const ROWS = 300;
const EXPORTED = fileURLToPath(new URL('../../../libs/autodiff/src/pytorch-exports/mlp-script.onnx', import.meta.url));
/** It ends in Softplus, so the value that a new last layer takes is named. */
const FEATURES = ['--model.features', '/layers/layers.2/Mul_1_output_0'];

let mesh: TestTenant;
const athanor = (...args: string[]) => runAthanor(args, { env: mesh.env });
const train = (name: string, ...options: string[]) =>
  athanor(...['train', '--dataset', 'points', '--name', name, '--model', 'fine-tune'], ...options);

/** The class is the column with the largest number. */
function table(): string {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const values = [0, 1, 2, 3].map(column => Math.sin(row * (column + 1.7) + column));
    return [...values.map(value => value.toFixed(4)), `c${values.indexOf(Math.max(...values))}`].join(',');
  });
  return `a,b,c,d,largest\n${lines.join('\n')}\n`;
}

beforeAll(async () => {
  mesh = await openTenant(inject('mesh'), 'fine-tune');
  await writeFile(join(mesh.folder, 'points.csv'), table());
  const commands = [
    ['dataset', 'import', 'points', join(mesh.folder, 'points.csv'), '--target', 'largest'],
    ['model', 'import', 'base', EXPORTED, '--licence', 'Apache-2.0'],
  ];
  for (const command of commands) {
    const { code, stderr } = await athanor(...command);
    expect(code, stderr).toBe(0);
  }
}, 60_000);
afterAll(() => mesh?.close());

describe('an imported model', () => {
  it.each(['full', 'lora'])(
    'is trained further (%s), and the lineage leads to its file',
    async kind => {
      const options = [
        '--model.train',
        kind,
        '--base',
        'base:1',
        '--optimizer',
        'adam',
        '--optimizer.learning-rate',
        '0.03',
      ];
      const { code, stdout, stderr } = await train(
        `tuned-${kind}`,
        ...FEATURES,
        ...options,
        '--epochs',
        '40',
        '--wait',
      );
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/Starts from: +base v1\n/);
      expect(Number(/accuracy (0\.\d+|1\.0+)/.exec(stdout)?.[1])).toBeGreaterThan(0.85);
      const { stdout: lineage } = await athanor('lineage', `tuned-${kind}:1`);
      expect(lineage).toMatch(/^tuned-\w+ v1 .*\n +trained by job-.*\n/);
      expect(lineage).toMatch(/\n +started from base v1 \S+\n +imported from .*mlp-script\.onnx, by key:\w+, at /);
      expect(lineage.match(/base v1/g)).toHaveLength(1);
    },
    120_000,
  );

  it('is served like any other version', async () => {
    const set = await athanor('deployment', 'set', 'tuned', '--model', 'tuned-lora@1');
    expect(set.code, set.stderr).toBe(0);
    const row = JSON.stringify({ a: -1, b: 1, c: 0, d: -0.5 });
    const answer = await eventually('an answer', async () => {
      const { code, stdout } = await athanor('infer', 'tuned', '--json', row);
      return code === 0 ? stdout : undefined;
    });
    expect(answer).toContain('c1');
  });

  it('is in the report of the job, and in the spec that --print-spec writes and --spec reads', async () => {
    const { jobs } = await mesh.client.training.listTrainingJobs({});
    const { jobId } = jobs.find(each => each.modelName === 'tuned-lora')!;
    const page = join(mesh.folder, 'job.html');
    const report = await athanor('job', 'report', jobId, '--html', page);
    expect(report.code, report.stderr).toBe(0);
    expect(await readFile(page, 'utf8')).toMatch(/Starts from[\s\S]*?base[\s\S]*? v1/);
    const { stdout: spec } = await train('again', ...FEATURES, '--base', 'base:1', '--print-spec');
    expect(spec).toMatch(/base:\n {2}model: base\n {2}version: 1\n/);
    await writeFile(join(mesh.folder, 'job.yaml'), spec);
    const read = await athanor('train', '--name', 'again', '--spec', join(mesh.folder, 'job.yaml'), '--print-spec');
    expect(read.stdout).toBe(spec);
  });
});

describe('it is refused', () => {
  it.each([
    ['without a base', [], 2, /'fine-tune' starts from an imported version; name its model and number/],
    [
      'a base that another network does not take',
      ['--model', 'mlp', '--base', 'base:1'],
      2,
      /only a 'fine-tune' takes a base/,
    ],
    ['a version that is not there', ['--base', 'base:7'], 3, /model version 'base version 7' is not found/],
    ['a version that was trained here', ['--base', 'tuned-full:1'], 5, /tuned-full v1 was trained here/],
    ['a reference that is none', ['--base', 'base'], 2, /expected model@alias or model:number, got 'base'/],
  ])('%s', async (_, options, code, message) => {
    const refused = await train('refused', ...options);
    expect(refused.stderr).toMatch(message);
    expect(refused.code).toBe(code);
  });

  it('once, with its reason, if the graph does not end in a linear layer', async () => {
    const { code, stderr } = await train('refused', '--base', 'base:1', '--wait');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/ends in a linear layer .* name the value that a new last layer takes with model\.features/);
    const { jobs } = await mesh.client.training.listTrainingJobs({});
    const { job } = await mesh.client.training.getTrainingJob({
      jobId: jobs.find(each => each.modelName === 'refused')!.jobId,
    });
    expect(job).toMatchObject({ state: 'STATE_FAILED', attempts: [{}] });
    expect(job!.attempts).toHaveLength(1);
  }, 60_000);
});
