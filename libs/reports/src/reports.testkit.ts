// Versions and jobs as the services return them.

import type {
  DatasetColumn,
  DatasetVersion,
  TargetByValue,
  TargetsByValue,
  ValueGroup,
} from '@athanor/contracts/ingest';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';
import type { JobData } from './job/job-data.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Texts that would be markup, change the direction of a page, or are too long. */
export const HOSTILE = {
  'a script': '<script>alert(1)</script>',
  'an element in an attribute': '"><img src=x onerror=alert(1)>',
  'an attribute': "' onmouseover='alert(1)",
  'ends of elements': '</svg></style></title>]]><iframe src=https://example.org>',
  'a change of direction': '\u202egnp.exe',
  'text from right to left': 'שלום עולם',
  'control characters': 'a\u0000b\u0007\r\nc',
  'ten kilobytes': 'x'.repeat(10_240),
  'the empty text': '',
  entities: '&amp;&#60;',
} as const;

export const HOSTILE_TEXTS: readonly string[] = Object.values(HOSTILE);

/** Parts of HOSTILE_TEXTS that must not be in a page as they are. */
export function unescapedIn(page: string): string[] {
  const parts = [
    '<script',
    '<img',
    '<iframe',
    "' onmouseover='",
    '"><img',
    '\u202e',
    '\u0000',
    '\u0007',
    'x'.repeat(301),
  ];
  return parts.filter(part => page.includes(part));
}

export function numberColumn(name: string, role = 'input'): DatasetColumn {
  return {
    column: { name, role, nullable: true, type: { kind: 'number', datatype: 'FP64', shape: [] } },
    statistics: {
      ...{ count: 90, missing: 10, unique: 12, uniqueIsApproximate: false, zeros: 3 },
      ...{ min: -2, max: 18, mean: 7.25, stdDev: 1.5 },
      quantiles: [0.25, 0.5, 0.75].map(probability => ({ probability, value: 20 * probability })),
      histogram: Array.from({ length: 20 }, (_, index) => ({ low: index - 2, high: index - 1, count: index })),
      ...{ topValues: [], targetsByValue: null, images: null },
    },
  };
}

export function categoryColumn(name: string, values: readonly string[], role = 'input'): DatasetColumn {
  return {
    column: { name, role, nullable: false, type: { kind: 'category', datatype: '', shape: [] } },
    statistics: {
      ...{ count: 10 * values.length, missing: 0, unique: values.length, uniqueIsApproximate: false },
      ...{ quantiles: [], histogram: [], minLength: 0, maxLength: 9, meanLength: 4 },
      ...{ topValues: values.map(value => ({ value, count: 10 })), targetsByValue: null, images: null },
    },
  };
}

export function imageColumn(name: string): DatasetColumn {
  return {
    column: { name, role: 'input', nullable: false, type: { kind: 'vector', datatype: 'UINT8', shape: [4, 4, 3] } },
    statistics: {
      ...numberColumn(name).statistics!,
      images: {
        sizes: [{ value: '640x480', count: 80 }],
        differentSizes: 7,
        formats: [{ value: 'jpeg', count: 90 }],
        channels: [{ channel: 'red', mean: 124.5, stdDev: 61.25 }],
        ...{ animated: 0, transparent: 2, oriented: 0 },
      },
    },
  };
}

/** A column with what its statistics say about the targets. */
export function withTargets(column: DatasetColumn, targetsByValue: TargetsByValue): DatasetColumn {
  return { ...column, statistics: { ...column.statistics!, targetsByValue } };
}

/** Groups of numbers in ranges of one, a category, others and missing values, of ten rows each. */
export function valueGroups(category = 'red'): ValueGroup[] {
  return [
    { kind: 'KIND_RANGE', low: 1, high: 4.5, rows: 10 },
    { kind: 'KIND_CATEGORY', category, rows: 10 },
    { kind: 'KIND_OTHERS', categories: 7, rows: 10 },
    { kind: 'KIND_MISSING', rows: 10 },
  ];
}

/** `classRows`: of each group. */
export function classTarget(
  target: string,
  { classes, classRows, ...rest }: { classes: string[]; classRows: number[][] } & Partial<TargetByValue>,
): TargetByValue {
  return { target, classes, otherClasses: 0, groups: classRows.map(rows => ({ classRows: rows })), ...rest };
}

export function datasetVersion(change: Partial<DatasetVersion> = {}): DatasetVersion {
  return {
    ...{ datasetId: 'things', version: 3, state: 'STATE_READY', digest: DIGEST, classes: ['no', 'yes'], rowsRead: 104 },
    recipe: null,
    sources: [],
    findings: [],
    splits: [
      { split: 'train', rows: 80, classRows: [60, 20] },
      { split: 'test', rows: 20, classRows: [15, 5] },
    ],
    preparation: null,
    createTime: { seconds: 1_790_000_000, nanos: 0 },
    columns: [numberColumn('size'), categoryColumn('answer', ['no', 'yes'], 'target')],
    ...change,
  };
}

/** By their validation losses; the validation metric is best where the loss is largest. */
export function epochsOf(validationLosses: readonly number[]): EpochMetrics[] {
  return validationLosses.map((validationLoss, index) => ({
    ...{ epoch: index + 1, trainLoss: 1 / (index + 1), validationLoss, seconds: 1, step: index },
    trainMetrics: [{ name: 'accuracy', value: 0.9, smallerIsBetter: false }],
    validationMetrics: [{ name: 'accuracy', value: validationLoss, smallerIsBetter: false }],
  }));
}

export function trainingJob(change: Partial<TrainingJob> = {}): TrainingJob {
  const component = (kind: string) => ({ kind, parameters: { fields: {} }, version: 1 });
  return {
    ...{ jobId: 'job-1', modelName: 'things', state: 'STATE_SUCCEEDED', phase: '', transitions: [], attempts: [] },
    ...{ progress: null, error: null, createTime: { seconds: 1_790_000_000, nanos: 0 } },
    endTime: { seconds: 1_790_000_100, nanos: 0 },
    spec: {
      ...{ datasetId: 'things', datasetVersion: 3, datasetDigest: DIGEST, epochs: 9, batchSize: 16, seed: 0 },
      ...{ cpuThreads: 1, checkpointEverySteps: 0, task: component('binary'), model: component('mlp') },
      ...{
        optimizer: component('adam'),
        schedule: component('constant'),
        augmentations: [],
        targets: ['answer'],
        inputs: ['size'],
        weight: '',
        slices: [],
      },
      transforms: [{ columns: ['size'], transform: component('standard') }],
      ...{ earlyStopping: { patience: 5 }, evaluated: null },
    },
    result: {
      ...{ files: [], evaluation: null, runtime: 'onnxruntime-node', instructionSet: 'x64', signature: null },
      ...{ otherEvaluations: [], model: component('mlp'), candidates: [] },
    },
    ...change,
  } as TrainingJob;
}

export function jobData(change: Partial<JobData> = {}): JobData {
  return { job: trainingJob(), epochs: epochsOf([0.7, 0.4, 0.5]), evaluations: [], ...change };
}

export function evaluationOf(metrics: Readonly<Record<string, number>>) {
  return {
    ...{ datasetDigest: DIGEST, split: 'test', rows: 20, classes: [], confusionMatrix: [], batchSize: 32 },
    ...{ predictionsDigest: '', detailsDigest: '', slicesDigest: '', jobId: '', threshold: null },
    metrics: Object.entries(metrics).map(([name, value]) => ({ name, value, smallerIsBetter: name === 'rmse' })),
  };
}
