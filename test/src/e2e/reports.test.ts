import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findGrpcurl } from '@athanor/testkit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { runAthanor, runCommand } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';
import { ATHANOR } from '../mesh/test-mesh.js';
import { tritonPython } from '../mesh/triton-python.js';

const python = await tritonPython();
const grpcurl = await findGrpcurl();

/** Names and values that a shell, Python or HTML would take for their own. */
const NAME = `<b>it's "$HOME" \`x\`</b>`;
const COLOURS = ["red'; echo", '"blue"', '<script>alert(1)</script>'];

function csvOf(rows: number): string {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = Array.from({ length: rows }, (_, row) => {
    const size = row % 7 === 0 ? '' : ((row * 37) % 100) / 4;
    const day = new Date(Date.UTC(2026, 0, 1 + (row % 300))).toISOString().slice(0, 10);
    const answer = (row * 37) % 100 > 50 ? 'large' : 'small';
    return [size, row % 9, row % 2 === 0, cell(COLOURS[row % 3]!), day, answer].join(',');
  });
  return `size,steps,open,${cell(NAME)},day,answer\n${lines.join('\n')}\n`;
}

interface Calls {
  readonly cli: string;
  readonly python: string;
  readonly grpcurl: string;
}

describe('a table and its model, as the command line shows them', () => {
  let mesh: TestTenant;
  let jobId: string;
  let calls: Calls;

  const athanor = async (...args: string[]) => {
    const result = await runAthanor(args, { env: mesh.env });
    expect(result.code, `athanor ${args.join(' ')}: ${result.stderr}`).toBe(0);
    return result;
  };

  beforeAll(async () => {
    mesh = await openTenant(inject('mesh'), 'reports');
    const path = join(mesh.folder, 'things.csv');
    await writeFile(path, csvOf(400));
    await athanor('dataset', 'import', 'things', path, '--target', 'answer');
    await athanor('train', '--dataset', 'things', '--name', 'things', '--epochs', '3', '--slice', 'open', '--wait');
    await athanor('model', 'promote', 'things', '1');
    await athanor('deployment', 'set', 'things');
    const { jobs } = await mesh.client.training.listTrainingJobs({});
    jobId = jobs[0]!.jobId;
    calls = (JSON.parse((await athanor('model', 'describe', 'things', '-o', 'json')).stdout) as { calls: Calls }).calls;
    await eventually('the model to be served', async () => {
      return (await mesh.client.inference.modelReady({ name: 'things' })).ready;
    });
  }, 180_000);

  afterAll(() => mesh?.close());

  it('has a dataset report of one file, without markup from its values', async () => {
    const path = join(mesh.folder, 'dataset.html');
    const { stderr, stdout } = await athanor('dataset', 'report', 'things', '--html', path);
    expect(stderr).toMatch(/Report written to .*dataset\.html: 6 columns, \d+ findings?\n/);
    expect(stdout).toBe('');
    const page = await readFile(path, 'utf8');
    for (const expected of ['Histogram of size', 'Histogram of day', '&lt;script&gt;', 'Class balance', 'true'])
      expect(page).toContain(expected);
    const byColumn = page.slice(page.indexOf('<h2 id="target-by-column"'));
    // The size decides the answer, except where it is missing.
    expect(byColumn).toMatch(/<h3><bdi>size<\/bdi><\/h3>\s*<p class="muted">number, FP64, Theil’s U <b>0\.[6-9]/);
    for (const expected of ['missing', 'large: ', '<bdi>steps</bdi>', '2026-01-01 to '])
      expect(byColumn).toContain(expected);
    expect(page).not.toContain('<script');
  });

  it('has a job report with curves, confusions, calibration and slices', async () => {
    const path = join(mesh.folder, 'job.html');
    const { stderr } = await athanor('job', 'report', jobId, '--html', path);
    expect(stderr).toMatch(/Report written to .*job\.html: things, \d+ epochs, accuracy 0\.\d{4} on test\n/);
    const page = await readFile(path, 'utf8');
    for (const expected of ['loss by epoch', 'Confusion matrix', 'Reliability diagram', 'ROC curve', 'kept: epoch'])
      expect(page).toContain(expected);
    expect(page).toContain('Models that were compared');
  });

  it('has a report of a job that evaluates the model on another dataset', async () => {
    const path = join(mesh.folder, 'later.csv');
    await writeFile(path, csvOf(200));
    await athanor('dataset', 'import', 'later', path, '--target', 'answer');
    await athanor('model', 'evaluate', 'things', '1', '--dataset', 'later');
    const { jobs } = await mesh.client.training.listTrainingJobs({});
    const evaluation = jobs.find(job => job.jobId !== jobId)!;
    const { stdout } = await athanor('job', 'report', evaluation.jobId, '--html', '-');
    for (const expected of [`Evaluates the model of <code>${jobId}</code>`, 'accuracy on train', 'Confusion matrix'])
      expect(stdout).toContain(expected);
    expect(stdout).not.toContain('Learning curves');
  });

  it('prints the same as describe without a file, and refuses one that cannot be written', async () => {
    const [report, described] = [
      await athanor('dataset', 'report', 'things'),
      await athanor('dataset', 'describe', 'things'),
    ];
    expect(report.stdout).toBe(described.stdout);
    const refused = await runAthanor(['job', 'report', jobId, '--html', '/none/a.html'], { env: mesh.env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('the folder /none does not exist') });
    const unknown = await runAthanor(['dataset', 'report', 'none', '--html', '-'], { env: mesh.env });
    expect(unknown).toMatchObject({ code: 3, stdout: '' });
  });

  it('has a printed call for the command line that runs as it is', async () => {
    const shell = `athanor() { node ${ATHANOR} "$@"; }\n${calls.cli}`;
    const { code, stdout, stderr } = await runCommand('bash', ['-c', shell], { env: mesh.env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/probability_small.*label\n.*(small|large)\n/);
    expect(code).toBe(0);
  });

  it.skipIf(python === undefined)('has a printed program for tritonclient that runs as it is', async () => {
    const { code, stdout, stderr } = await runCommand(python!, ['-c', calls.python], { env: mesh.env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/label \[.*(small|large)/);
    expect(stdout).toContain('probabilities [[');
    expect(code).toBe(0);
  });

  it.skipIf(!grpcurl.available)('has a printed call for grpcurl that runs as it is', async () => {
    const path = grpcurl.available ? grpcurl.path : '';
    const shell = `grpcurl() { ${path} "$@"; }\n${calls.grpcurl}`;
    const { code, stdout, stderr } = await runCommand('bash', ['-c', shell], { env: mesh.env });
    expect(stderr).toBe('');
    expect(stdout).toContain('"modelName": "things"');
    expect(code).toBe(0);
  });

  it('says what a missing value is for each kind of column', async () => {
    const { stdout } = await athanor('model', 'describe', 'things', '--version', '1');
    for (const expected of [
      /size +FP64 \[n, 1\] +\S+ +NaN; null in JSON/,
      /steps +INT64 \[n, 1\] +\d+ +not allowed/,
      /open +BOOL \[n, 1\] +(true|false) +not allowed/,
      /day +INT64 \[n, 1\] +2026-\S+Z +the smallest INT64; null in JSON/,
      /BYTES \[n, 1\] +\S.* +the empty text; null in JSON/,
    ])
      expect(stdout).toMatch(expected);
  });
});
