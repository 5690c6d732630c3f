// Jobs that evaluate the model of an earlier job on another dataset version.
import type { TrainingSpecInput } from '@athanor/contracts/training';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, component, importCsv, specOf, startBench, watchJob } from './training.testkit.js';

let bench: Bench;

const ROWS = 600;

interface Options {
  readonly flipped?: boolean;
  readonly whole?: boolean;
  readonly yes?: string;
}

/** y and z depend on a and b. `whole`: a has no fractions, and is INT64. */
function table({ flipped = false, whole = false, yes = 'yes' }: Options = {}): Buffer {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const [a, b] = [Math.sin(row * 1.7) * 300, Math.cos(row * row * 0.3) * 2];
    const answer = a / 100 + b + Math.sin(row * 12.9) > 0.9;
    const values = [whole ? Math.round(a) : a.toFixed(4), b.toFixed(4), ['f', 'm', ''][row % 3], row % 3 === 0 ? 1 : 0];
    return [...values, answer !== flipped ? yes : 'no', (a / 50).toFixed(3)].join(',');
  });
  return Buffer.from(`a,b,sex,z,y,n\n${lines.join('\n')}\n`);
}

beforeAll(async () => {
  bench = await startBench();
  await importCsv(bench.ingest, 'people', table());
});
afterAll(() => bench.stop());

async function run(spec: TrainingSpecInput) {
  const { job } = await bench.training.createTrainingJob({ modelName: 'people', spec });
  return await watchJob(bench.training, job!.jobId);
}

const train = (changes: TrainingSpecInput) =>
  run(specOf({ datasetId: 'people', inputs: ['a', 'b', 'sex'], targets: ['y'], epochs: 3, ...changes }));

const evaluate = (jobId: string, datasetId = 'people', changes: TrainingSpecInput = {}) =>
  run({ datasetId, evaluated: { jobId }, ...changes });

const CASES: [name: string, changes: TrainingSpecInput][] = [
  ['binary', { task: component('binary', { threshold: 'f1' }), targets: ['y'] }],
  ['multiclass', { task: component('multiclass'), targets: ['sex'], inputs: ['a', 'b'] }],
  ['numbers as classes', { task: component('binary'), targets: ['z'] }],
  ['regression', { targets: ['n'] }],
  ['multilabel', { task: component('multilabel', { threshold: 'f1' }), targets: ['y', 'z'] }],
];

describe.each(CASES)('%s', (name, changes) => {
  test('has the figures of training on the dataset that it was trained on, and those of the training split', async () => {
    if (name === 'multiclass')
      await importCsv(bench.ingest, 'no-gaps', Buffer.from(table().toString().replaceAll(',,', ',x,')));
    const datasetId = name === 'multiclass' ? 'no-gaps' : 'people';
    const trained = await train({ ...changes, datasetId });
    expect(trained.error).toBeNull();
    const job = await evaluate(trained.jobId, datasetId);
    expect(job.error).toBeNull();
    const { evaluation, otherEvaluations, files } = job.result!;
    expect(files).toEqual([]);
    expect(evaluation).toEqual(trained.result!.evaluation);
    expect(otherEvaluations.slice(0, -1)).toEqual(trained.result!.otherEvaluations);
    expect(otherEvaluations.at(-1)).toMatchObject({ split: 'train', threshold: evaluation!.threshold });
  });
});

describe('on other data', () => {
  let trained: Awaited<ReturnType<typeof train>>;
  const accuracyOf = ({ result }: typeof trained) =>
    result!.evaluation!.metrics.find(({ name }) => name === 'accuracy')!.value;

  beforeAll(async () => {
    trained = await train({ task: component('binary') });
  });

  test('measures other answers to the same rows, which are in the same splits', async () => {
    await importCsv(bench.ingest, 'flipped', table({ flipped: true }));
    const job = await evaluate(trained.jobId, 'flipped', { slices: ['sex'] });
    expect(accuracyOf(job)).toBeCloseTo(1 - accuracyOf(trained), 12);
    expect(job.result!.evaluation).toMatchObject({ rows: trained.result!.evaluation!.rows });
    expect(job.result!.evaluation!.slicesDigest).not.toBe('');
    expect(job.result!.evaluation!.datasetDigest).not.toBe(trained.result!.evaluation!.datasetDigest);
  });

  test('takes whole numbers for numbers', async () => {
    await importCsv(bench.ingest, 'whole', table({ whole: true }));
    const job = await evaluate(trained.jobId, 'whole');
    expect(job.error).toBeNull();
    expect(job.result!.otherEvaluations.at(-1)!.rows).toBeGreaterThan(400);
  });

  test('fails if it has classes that the model does not have, and names them', async () => {
    await importCsv(bench.ingest, 'other-classes', table({ yes: 'perhaps' }));
    const job = await evaluate(trained.jobId, 'other-classes');
    expect(job.state).toBe('STATE_FAILED');
    expect(job.error!.message).toMatch(
      /'y' has classes that the model does not have: 'perhaps' \(\d+ rows\); it has no, yes/,
    );
    expect(job.attempts).toHaveLength(1);
  });

  test('is refused without the columns, and for a job without a model', async () => {
    const text = table()
      .toString()
      .replace('a,b,sex', 'a,c,sex')
      .replaceAll(/,(no|yes),/g, ',maybe $1,');
    await importCsv(bench.ingest, 'renamed', Buffer.from(text));
    const refused = evaluate(trained.jobId, 'renamed');
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(refused).rejects.toThrow("the model takes 'b', which renamed v1 does not have: a, c, sex");
    await expect(evaluate('job-none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const evaluated = await evaluate(trained.jobId);
    await expect(evaluate(evaluated.jobId)).rejects.toMatchObject({ reason: 'JOB_WITHOUT_MODEL' });
  });
});
