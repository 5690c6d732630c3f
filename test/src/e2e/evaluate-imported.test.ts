import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CLASSES, writeClassifier } from '../mesh/onnx-model.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';

// A model that was made elsewhere gets figures on a dataset here, and gates can require them.

const ROWS = 400;

let mesh: TestTenant;
const athanor = (...args: string[]) => runAthanor(args, { env: mesh.env });
interface Row {
  readonly x: readonly [number, number];
  readonly answer: string;
}

/** The classifier answers by the sum of x; every fifth answer of the dataset is another one. */
const rows = Array.from({ length: ROWS }, (_, index): Row => {
  const x = [((index * 37) % 101) / 10 - 5.03, ((index * 53) % 89) / 10 - 4] as const;
  const said = classOf(logitsOf(x));
  return { x, answer: CLASSES[index % 5 === 0 ? (said + 1) % 3 : said]! };
});

function logitsOf([a, b]: Row['x']): number[] {
  // As classifierBytes builds it.
  return [-(a + b), 0.5, a + b];
}

function classOf(logits: readonly number[]): number {
  return logits.indexOf(Math.max(...logits));
}

/** Mean −log softmax of the right class, in double precision. */
function logLoss(subset: readonly Row[]): number {
  const losses = subset.map(({ x, answer }) => {
    const logits = logitsOf(x);
    const sum = logits.reduce((total, each) => total + Math.exp(each), 0);
    return Math.log(sum) - logits[CLASSES.indexOf(answer)]!;
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

beforeAll(async () => {
  mesh = await openTenant(inject('mesh'), 'evaluate-imported');
  const lines = rows.map(({ x, answer }) => [...x, answer].join(','));
  await writeFile(join(mesh.folder, 'answers.csv'), `first,second,answer\n${lines.join('\n')}\n`);
  await writeClassifier(join(mesh.folder, 'sentiment'), 'max_batch_size: 8\n');
  const imported = await athanor(
    'dataset',
    'import',
    'answers',
    join(mesh.folder, 'answers.csv'),
    '--target',
    'answer',
  );
  expect(imported.code, imported.stderr).toBe(0);
}, 60_000);
afterAll(() => mesh?.close());

describe('an imported model', () => {
  it('is imported, and evaluated by the same command on every split', async () => {
    const { code, stdout, stderr } = await athanor(
      ...['model', 'import', 'sentiment', join(mesh.folder, 'sentiment')],
      ...['--evaluate', 'answers', '--logits', '--columns', 'x=first,second'],
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/Inputs: +x FP32/);
    expect(stdout).toMatch(/On \d+ test rows: accuracy 0\.\d{4}/);
    expect(stdout).toMatch(/TRUE \\ SAID +negative +neutral +positive/);
    expect(stderr).toMatch(/figures are part of sentiment v1\. A gate can require them: athanor/);
  });

  it('has the figures of the rows, computed apart', async () => {
    const { modelVersion } = await mesh.client.registry.getModelVersion({ modelName: 'sentiment', version: 1 });
    const splits = modelVersion!.evaluations;
    expect(splits.map(({ split }) => split)).toEqual(['test', 'validation', 'train']);
    expect(splits.reduce((sum, each) => sum + each.rows, 0)).toBe(ROWS);
    const mean = (name: string) =>
      splits.reduce(
        (sum, { rows: count, metrics }) => sum + count * metrics.find(each => each.name === name)!.value,
        0,
      ) / ROWS;
    expect(mean('accuracy')).toBeCloseTo(0.8, 10);
    expect(mean('log_loss')).toBeCloseTo(logLoss(rows), 5);
  });

  it('meets a gate that requires them, or does not', async () => {
    const gate = ['--metric', 'accuracy', '--split', 'train', '--dataset', 'answers', '--dataset-version', '1'];
    expect((await athanor('model', 'gate', 'sentiment', '--alias', 'live', ...gate, '--threshold', '0.7')).code).toBe(
      0,
    );
    const moved = await athanor('model', 'promote', 'sentiment', '1', '--alias', 'live');
    expect(moved.code, moved.stderr).toBe(0);
  });

  it.each([
    [['--columns', 'x=first'], /--columns: 'x': FP32 \[batch,2\] takes 2 elements a row, 'first' has 1/],
    [['--columns', 'y=first'], /--columns: the model has no input 'y'; it has 'x'/],
    [['--scores', 'score'], /--scores: the model has no output 'score'; it has 'scores'/],
    [['--classes', 'a,b'], /--scores|--classes: expected 3 classes for 'scores' FP32 \[batch,3\], got 2/],
    [['--columns', 'first'], /expected <input>=<column>,<column>/],
  ])('is not evaluated with %j, and the option is named', async (options, message) => {
    const { code, stderr } = await athanor('model', 'evaluate', 'sentiment', '1', '--dataset', 'answers', ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('fails once with the reason if its output is not probabilities', async () => {
    const { code, stderr } = await athanor('model', 'evaluate', 'sentiment', '1', '--dataset', 'answers');
    expect(code).toBe(7);
    expect(stderr).toMatch(/output 'scores' is not probabilities of the classes: .*--logits/);
  });

  it('bug: is not imported with options of an evaluation that were ignored without --evaluate', async () => {
    const folder = join(mesh.folder, 'sentiment');
    const { code, stderr } = await athanor('model', 'import', 'unmeasured', folder, '--logits', '--classes', 'a,b,c');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--logits, --classes: .*only with --evaluate <dataset>/);
    await expect(mesh.client.registry.getModel({ name: 'unmeasured' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is imported even if it cannot be evaluated, and the command to do so is printed', async () => {
    const folder = await writeClassifier(join(mesh.folder, 'other'), 'max_batch_size: 4\n');
    const { code, stderr } = await athanor('model', 'import', 'other', folder, '--evaluate', 'no-such-dataset');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /other v1 is imported, but has no figures yet\. Evaluate it with: athanor .*model evaluate other 1/,
    );
    expect(stderr).toMatch(/no-such-dataset/);
  });
});
