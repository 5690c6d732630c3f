// Small synthetic data for the engine's tests: rows around one centre per class, deterministic.

import { type ComponentFamily, parseComponent, type ResolvedComponent } from '@athanor/components';
import type { CategoryValues, ColumnValues, NumberValues, VectorValues } from '@athanor/data';
import { tensor } from '@athanor/tensor';
import { type SourceColumn, TRANSFORMS } from '@athanor/transforms';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { AUGMENTATIONS } from '../augmentations/augmentations.js';
import type { RawSplit } from '../features/raw-split.js';
import type { SharedParameters } from '../optimizers/optimizer.js';
import { OPTIMIZERS } from '../optimizers/optimizers.js';
import { SCHEDULES } from '../schedules/schedules.js';
import { TASKS } from '../tasks/tasks.js';
import { randomWords } from './philox.js';
import type { TrainingSpec } from './spec.js';
import type { TrainingData } from './training-data.js';

function resolve(family: ComponentFamily, kind: string, parameters: object): ResolvedComponent {
  const parsed = parseComponent(family, { kind, parameters, version: 0 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.component;
}

export const taskOf = (kind: string, parameters: object = {}) => resolve(TASKS, kind, parameters);
export const modelOf = (kind: string, parameters: object = {}) => resolve(ARCHITECTURES, kind, parameters);
export const transformOf = (kind: string, parameters: object = {}) => resolve(TRANSFORMS, kind, parameters);
export const scheduleOf = (kind: string, parameters: object = {}) => resolve(SCHEDULES, kind, parameters);
export const augmentationOf = (kind: string, parameters: object = {}) => resolve(AUGMENTATIONS, kind, parameters);
export const optimizerOf = (kind: string, parameters: object = {}) =>
  resolve(OPTIMIZERS, kind, parameters) as ResolvedComponent<SharedParameters>;

export const specOf = (changes: Partial<TrainingSpec> = {}): TrainingSpec => ({
  task: taskOf('multiclass'),
  model: modelOf('mlp', { hidden: [8] }),
  optimizer: optimizerOf('adam', { learningRate: 0.01 }),
  schedule: scheduleOf('constant'),
  targets: ['label'],
  inputs: ['image'],
  transforms: [{ columns: ['image'], transform: transformOf('pixels') }],
  epochs: 2,
  batchSize: 8,
  patience: 0,
  seed: 7,
  cpuThreads: 1,
  checkpointEverySteps: 5,
  ...changes,
});

const LABEL: SourceColumn = {
  name: 'label',
  type: { kind: 'category' },
  role: 'target',
  nullable: false,
  categories: ['a', 'b', 'c'],
};
const IMAGE: SourceColumn = {
  name: 'image',
  type: { kind: 'vector', dtype: 'UINT8', shape: [2, 3] },
  role: 'input',
  nullable: false,
};

/** Three classes of UINT8 images [2, 3]; 45 training rows are five full batches of 8 and a short one of 5. */
export function imageData(): TrainingData {
  return { columns: [IMAGE, LABEL], train: images(45, 0), validation: images(12, 1) };
}

export function splitOf(values: Readonly<Record<string, ColumnValues>>, rows: number): RawSplit {
  return { rows, values: new Map(Object.entries(values)) };
}

export function labelsOf({ values }: RawSplit): Int32Array {
  return (values.get('label') as CategoryValues).codes;
}

function images(rows: number, stream: number): RawSplit {
  const random = randomWords(1, stream, 0);
  const codes = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const pixels = Uint8Array.from({ length: rows * 6 }, (_, i) => {
    const label = Math.floor(i / 6) % 3;
    return (i % 3 === label ? 160 : 60) + (random.next() % 60);
  });
  const image: VectorValues = { kind: 'vector', tensor: tensor('UINT8', [rows, 2, 3], pixels) };
  return splitOf({ image, label: { kind: 'category', codes } }, rows);
}

export const COLUMN_NAMES = ['x0', 'x1', 'x2', 'x3', 'x4', 'x5'];

/** The same rows as six columns of numbers, with a missing value in every tenth row. */
export function columnData(): TrainingData {
  const { train, validation } = imageData();
  const columns = COLUMN_NAMES.map((name): SourceColumn => {
    return { name, type: { kind: 'number', dtype: 'FP64' }, role: 'input', nullable: true };
  });
  return { columns: [...columns, LABEL], train: asColumns(train), validation: asColumns(validation) };
}

export const columnSpec = (changes: Partial<TrainingSpec> = {}): TrainingSpec =>
  specOf({
    inputs: COLUMN_NAMES,
    transforms: COLUMN_NAMES.map(name => ({ columns: [name], transform: transformOf('standard') })),
    ...changes,
  });

function asColumns({ rows, values }: RawSplit): RawSplit {
  const { data } = (values.get('image') as VectorValues).tensor as { data: Uint8Array };
  const columns = COLUMN_NAMES.map((name, column): [string, NumberValues] => {
    const cells = Float64Array.from({ length: rows }, (_, row) =>
      (row + column) % 10 === 9 ? Number.NaN : data[row * 6 + column]!,
    );
    return [name, { kind: 'number', data: cells }];
  });
  return splitOf({ ...Object.fromEntries(columns), label: values.get('label')! }, rows);
}
