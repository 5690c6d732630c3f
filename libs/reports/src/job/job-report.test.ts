import { describe, expect, it } from 'vitest';
import { epochsOf, evaluationOf, HOSTILE, jobData, trainingJob, unescapedIn } from '../reports.testkit.js';
import type { DetailedEvaluation } from './job-data.js';
import { jobReport } from './job-report.js';
import { keptEpoch } from './kept-epoch.js';

const model = (kind: string) => ({ kind, parameters: { fields: {} }, version: 1 });
const perClass = (className: string, support: number) => ({ className, precision: 0.5, recall: 0.5, f1: 0.5, support });

const BINARY: DetailedEvaluation = {
  evaluation: {
    ...evaluationOf({ accuracy: 0.75 }),
    confusionMatrix: [12, 3, 2, 3],
    threshold: { value: 0.5, source: 'given' },
  },
  details: {
    classes: [perClass('no', 15), perClass('yes', 5)],
    confusion: [
      [0, 0, 12],
      [0, 1, 3],
      [1, 0, 2],
      [1, 1, 3],
    ],
    reliability: [
      { lower: 0, upper: 0.1, rows: 15, predicted: 0.05, observed: 0.1 },
      { lower: 0.9, upper: 1, rows: 5, predicted: 0.95, observed: 0.8 },
    ],
    roc: [
      [0, 0, 2],
      [0.2, 0.6, 0.5],
      [1, 1, 0],
    ],
  },
  slices: [
    { column: 'sex', value: 'f', rows: 12, metrics: { accuracy: 0.25 } },
    { column: 'sex', value: null, rows: 8, metrics: {} },
  ],
};

describe('a job report', () => {
  it('of a binary task has curves, confusions, calibration, ROC and slices', () => {
    const text = jobReport(jobData({ evaluations: [BINARY] }));
    for (const expected of [
      ...['loss by epoch', 'accuracy by epoch', 'kept: epoch 2', 'Confusion matrix', 'Reliability diagram'],
      ...['ROC curve', 'Precision by recall', '0.2500', 'accuracy on test'],
      // 3 of 5 positive and 3 of 15 negative rows.
      ...['0.6000 of the positive rows are found', '0.2000 of the negative ones'],
    ])
      expect(text).toContain(expected);
  });

  it('has the gradient norm where it is known, and the learning rate where it changes', () => {
    const epochs = epochsOf([0.7, 0.4, 0.5]);
    const plain = jobReport(jobData({ epochs: epochs.map(each => ({ ...each, learningRate: 0.01 })) }));
    for (const absent of ['gradient norm by epoch', 'learning rate by epoch']) expect(plain).not.toContain(absent);
    const figures = epochs.map(each => ({ ...each, learningRate: 0.01 / each.epoch, gradientNorm: each.epoch }));
    const text = jobReport(jobData({ epochs: figures }));
    for (const expected of ['gradient norm by epoch', 'learning rate by epoch']) expect(text).toContain(expected);
  });

  it('of a regression has predicted by true values and the errors of each target', () => {
    const details = {
      residuals: [{ from: -2, width: 1, counts: [1, 4, 3, 1] }],
      sample: [{ truth: [1, 2, 3], predictions: [1.5, 1.75, 3] }],
    };
    const job = trainingJob({ spec: { ...trainingJob().spec!, task: model('regression') as never } });
    const evaluations = [{ evaluation: evaluationOf({ rmse: 12.5 }), details, slices: [] }];
    const text = jobReport(jobData({ job, evaluations }));
    for (const expected of [
      'Predicted by true values of answer',
      'Errors of the predictions of answer',
      'smaller is better',
    ])
      expect(text).toContain(expected);
    expect(text).toContain('train loss by epoch');
    expect(text).not.toContain('Confusion matrix');
  });

  it('has the augmentations of a job in their order, and nothing of them where there are none', () => {
    const augmentations = ['flip', 'crop'].map(kind => model(kind)) as never;
    const textOf = (change: object) =>
      jobReport(jobData({ job: trainingJob({ spec: { ...trainingJob().spec!, ...change } }) }));
    expect(textOf({ augmentations })).toMatch(/<dt>Augmentation<\/dt><dd>.*flip.*crop.*<\/dd>/);
    expect(textOf({ augmentations: [] })).not.toContain('Augmentation');
  });

  it('names the models that were compared, and draws the curves of each', () => {
    const candidate = (kind: string, epochs: number, value: number) => ({
      ...{ model: model(kind), epochs },
      validationMetrics: [{ name: 'accuracy', value, smallerIsBetter: false }],
    });
    const candidates = [candidate('linear', 2, 0.8), candidate('mlp', 3, 0.9)];
    const job = trainingJob({ result: { ...trainingJob().result!, candidates: candidates as never } });
    const data = jobData({ job, epochs: epochsOf([0.3, 0.8, 0.6, 0.4, 0.5]) });
    expect(keptEpoch(data)).toBe(4);
    const text = jobReport(data);
    expect(text.match(/loss by epoch/g)).toHaveLength(2);
    expect(text).toContain('Models that were compared');
  });

  it('tells candidates of one kind apart by their parameters', () => {
    const linear = (l2: number) => ({
      ...{ kind: 'linear', version: 1 },
      parameters: { fields: { l2: { kind: 'numberValue', numberValue: l2 } } },
    });
    const candidates = [1, 0.1].map(l2 => ({ model: linear(l2), epochs: 2, validationMetrics: [] }));
    const result = { ...trainingJob().result!, model: linear(0.1), candidates };
    const data = jobData({ job: trainingJob({ result: result as never }), epochs: epochsOf([0.3, 0.2, 0.6, 0.4]) });
    expect(keptEpoch(data)).toBe(4);
    const titles = jobReport(data).match(/<h3>.*?<\/h3>/g) ?? [];
    expect(titles.filter(title => title.includes('chosen'))).toEqual([expect.stringContaining('l2 0.1')]);
  });

  it('names the epoch with the smallest validation loss, the first of equal ones; the last without early stopping', () => {
    expect(keptEpoch(jobData({ epochs: epochsOf([0.5, 0.2, 0.2, 0.9]) }))).toBe(2);
    const spec = { ...trainingJob().spec!, earlyStopping: { patience: 0 } };
    expect(keptEpoch(jobData({ job: trainingJob({ spec }), epochs: epochsOf([0.1, 0.8]) }))).toBe(2);
    expect(jobReport(jobData())).toContain('ends after 5 epochs without a smaller validation loss');
  });

  it('of a job that evaluates an earlier model names it, and has the metrics of all its splits but no curves', () => {
    const evaluated = { jobId: 'job-0', modelDigest: 'sha256:1', taskDigest: 'sha256:2', columns: [], imported: null };
    const spec = { ...trainingJob().spec!, evaluated, slices: ['sex'] };
    const result = { ...trainingJob().result!, model: null };
    const evaluations = ['test', 'validation', 'train'].map((split, index) => ({
      ...BINARY,
      evaluation: { ...evaluationOf({ accuracy: 0.75 + index / 100 }), split },
    }));
    const text = jobReport(jobData({ job: trainingJob({ spec, result }), epochs: [], evaluations }));
    for (const expected of [
      ...['evaluation report', 'Evaluates the model of <code>job-0</code>', 'accuracy on train', '0.7700'],
      ...['Confusion matrix', 'On the 20 validation rows', 'sha256:1', 'things</bdi> v3'],
    ])
      expect(text).toContain(expected);
    for (const absent of ['Learning curves', 'epoch', 'Optimizer', 'Encoding of the input columns'])
      expect(text).not.toContain(absent);
  });

  it('of a job that evaluates and failed says that it has no evaluation', () => {
    const evaluated = { jobId: 'job-0', modelDigest: '', taskDigest: '', columns: [], imported: null };
    const spec = { ...trainingJob().spec!, evaluated };
    const error = { code: 3, message: 'not finite', details: [] };
    const job = trainingJob({ state: 'STATE_FAILED', spec, error, result: null });
    expect(jobReport(jobData({ job, epochs: [] }))).toContain('The job has no evaluation');
  });

  it('of a job that failed has its error and no figures that it does not have', () => {
    const error = { code: 9, message: 'the loss of step 3 is <not> finite', details: [] };
    const job = trainingJob({ state: 'STATE_FAILED', error, result: null });
    const text = jobReport(jobData({ job, epochs: [] }));
    for (const expected of ['is &lt;not&gt; finite', 'No epoch has finished.', 'The job has no evaluation'])
      expect(text).toContain(expected);
  });

  it.each(Object.entries(HOSTILE))('escapes %s wherever it is shown', (_what, hostile) => {
    const base = trainingJob().spec!;
    const spec = { ...base, targets: [hostile], inputs: [hostile], slices: [hostile], weight: hostile };
    const transforms = [{ columns: [hostile], transform: model(hostile) as never }];
    const evaluation: DetailedEvaluation = {
      ...BINARY,
      details: { ...BINARY.details, classes: [perClass(hostile, 15), perClass('yes', 5)] },
      slices: [{ column: hostile, value: hostile, rows: 12, metrics: { accuracy: 0.25 } }],
    };
    const job = trainingJob({ modelName: hostile, spec: { ...spec, transforms } });
    const text = jobReport(jobData({ job, evaluations: [evaluation] }));
    expect(unescapedIn(text)).toEqual([]);
  });

  it('stays small with 20,000 epochs, 1,000 classes and 10,000 columns', () => {
    const classes = Array.from({ length: 1_000 }, (_, index) => perClass(`class ${index}`, 1));
    const confusion = classes.map((_, index) => [index, (index * 7) % 1_000, 1] as const);
    const columns = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
    const spec = { ...trainingJob().spec!, inputs: columns };
    const transforms = [{ columns, transform: model('standard') as never }];
    const epochs = epochsOf(Array.from({ length: 20_000 }, (_, index) => index / 20_000));
    const slices = columns.map(value => ({ column: 'c', value, rows: 1, metrics: { accuracy: 1 } }));
    const evaluations = [{ evaluation: evaluationOf({ accuracy: 0.5 }), details: { classes, confusion }, slices }];
    const text = jobReport(jobData({ job: trainingJob({ spec: { ...spec, transforms } }), epochs, evaluations }));
    expect(text.length).toBeLessThan(500_000);
    for (const expected of [
      'Largest confusions',
      'The 50 of 1,000 classes with the lowest F1',
      'The 100 of 10,000 slices',
      '10,000',
    ])
      expect(text).toContain(expected);
  });
});
