// Jobs on tables: weights, a threshold chosen on validation, slices.
import { collectChunks } from '@athanor/client';
import type { TrainingSpecInput } from '@athanor/contracts/training';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, component, importCsv, specOf, startBench, watchJob } from './training.testkit.js';

let bench: Bench;

const ROWS = 900;

/** y depends on a and b; one in four is yes. */
function table(): Buffer {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const [a, b] = [Math.sin(row * 1.7) * 3, Math.cos(row * row * 0.3) * 2];
    const answer = a + b + Math.sin(row * 12.9) > 1.9 ? 'yes' : 'no';
    return [a.toFixed(4), b.toFixed(4), ['f', 'm', ''][row % 3], 1 + (row % 4) / 4, answer].join(',');
  });
  return Buffer.from(`a,b,sex,w,y\n${lines.join('\n')}\n`);
}

beforeAll(async () => {
  bench = await startBench();
  await importCsv(bench.ingest, 'people', table());
});
afterAll(() => bench.stop());

const spec = (changes: TrainingSpecInput = {}) =>
  specOf({ datasetId: 'people', inputs: ['a', 'b'], epochs: 4, ...changes });

async function begin(changes: TrainingSpecInput) {
  const { job } = await bench.training.createTrainingJob({ modelName: 'people', spec: spec(changes) });
  return job!;
}

test('a job with weights, a chosen threshold and slices says all of it in its evaluations', async () => {
  const { jobId } = await begin({
    task: component('binary', { threshold: 'f1', primary: 'roc_auc', classWeights: 'balanced' }),
    ...{ weight: 'w', slices: ['sex', 'a'] },
  });
  const job = await watchJob(bench.training, jobId);
  expect(job).toMatchObject({ state: 'STATE_SUCCEEDED', spec: { weight: 'w', slices: ['sex', 'a'] } });
  const { evaluation, otherEvaluations, files } = job.result!;
  expect(files.map(({ name }) => name)).toContain('task.json');
  const epochs = await bench.training.listTrainingEpochs({ jobId });
  expect(epochs.epochs[0]!.validationMetrics[0]!.name).toBe('roc_auc');
  for (const each of [evaluation!, ...otherEvaluations]) {
    expect(each.metrics[0]).toMatchObject({ name: 'roc_auc', smallerIsBetter: false });
    expect(each.threshold).toMatchObject({ source: 'f1 on validation' });
    const read = async (digest: string) =>
      JSON.parse((await collectChunks(bench.training.readJobArtifact({ jobId, digest }))).toString());
    const details = await read(each.detailsDigest);
    expect(Object.keys(details).sort()).toEqual(['classes', 'confusion', 'reliability', 'roc']);
    const { slices, omitted } = await read(each.slicesDigest);
    expect(omitted).toBe(0);
    const of = (column: string) => slices.filter((slice: { column: string }) => slice.column === column);
    expect(of('sex').map(({ value }: { value: string }) => value)).toEqual(['f', 'm', null]);
    expect(of('a')).toHaveLength(4);
    // Accuracy of the whole split is that of its slices by their rows.
    const accuracy = each.metrics.find(({ name }) => name === 'accuracy')!.value;
    for (const column of ['sex', 'a']) {
      const parts = of(column) as { rows: number; metrics: { accuracy: number } }[];
      expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(each.rows);
      const mean = parts.reduce((sum, { rows, metrics }) => sum + rows * metrics.accuracy, 0) / each.rows;
      expect(mean).toBeCloseTo(accuracy, 12);
    }
  }
});

test('a job without slices has none, and a regression has residuals and a sample', async () => {
  const { jobId } = await begin({ targets: ['w'], epochs: 1 });
  const job = await watchJob(bench.training, jobId);
  const { evaluation } = job.result!;
  expect(evaluation).toMatchObject({ slicesDigest: '', threshold: null, classes: [] });
  const file = await collectChunks(bench.training.readJobArtifact({ jobId, digest: evaluation!.detailsDigest }));
  const { residuals, sample } = JSON.parse(file.toString());
  expect(residuals[0].counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(evaluation!.rows);
  expect(sample[0].truth).toHaveLength(evaluation!.rows);
});

test('columns that cannot be weights or slices are refused, all together', async () => {
  const refused = begin({ weight: 'sex', slices: ['sexx', 'y', 'y'] });
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(refused).rejects.toThrow("expected a column of numbers, 'sex' is a category");
  await expect(refused).rejects.toThrow("no column 'sexx'");
  await expect(refused).rejects.toThrow("'y' is named twice");
});
