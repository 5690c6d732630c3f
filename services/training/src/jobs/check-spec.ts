import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { TrainingSpec } from '@athanor/contracts/training';
import { type FieldViolation, invalidFields, ServiceError } from '@athanor/service/errors';

const MAX_LAYERS = 32;
const MAX_WIDTH = 16_384;

/** Throws INVALID_ARGUMENT that lists every invalid field of a spec. */
export function checkSpec(spec: TrainingSpec, maxCpuThreads: number): void {
  const violations: FieldViolation[] = [];
  const expect = (holds: boolean, field: string, description: string) => {
    if (!holds) violations.push({ field: `spec.${field}`, description });
  };
  const { model, optimizer, epochs, batchSize, seed, cpuThreads } = spec;
  const whole = (value: number, min: number, max: number) => Number.isInteger(value) && value >= min && value <= max;
  expect(spec.datasetId !== '', 'dataset_id', 'expected a dataset, got none');
  expect(model?.kind === 'mlp', 'model.kind', `expected 'mlp', got '${model?.kind ?? ''}'`);
  const hidden = model?.hidden ?? [];
  const widths = `expected at most ${MAX_LAYERS} widths from 1 to ${MAX_WIDTH}, got [${hidden.join(', ')}]`;
  expect(hidden.length <= MAX_LAYERS && hidden.every(width => whole(width, 1, MAX_WIDTH)), 'model.hidden', widths);
  expect(whole(epochs, 1, 100_000), 'epochs', `expected 1 to 100000, got ${epochs}`);
  expect(whole(batchSize, 1, 1_000_000), 'batch_size', `expected 1 to 1000000, got ${batchSize}`);
  expect(Number.isSafeInteger(seed) && seed >= 0, 'seed', `expected a whole number from 0 to 2^53-1, got ${seed}`);
  expect(whole(cpuThreads, 0, maxCpuThreads), 'cpu_threads', `expected 0 to ${maxCpuThreads}, got ${cpuThreads}`);
  expect(
    spec.checkpointEverySteps >= 0,
    'checkpoint_every_steps',
    `expected 0 or more, got ${spec.checkpointEverySteps}`,
  );
  const kind = optimizer?.kind ?? '';
  expect(kind === 'adam' || kind === 'sgd', 'optimizer.kind', `expected 'adam' or 'sgd', got '${kind}'`);
  const { learningRate = 0, momentum = 0, weightDecay = 0, clipNorm = 0 } = optimizer ?? {};
  expect(
    Number.isFinite(learningRate) && learningRate > 0,
    'optimizer.learning_rate',
    `expected more than 0, got ${learningRate}`,
  );
  const useless = kind === 'adam' && momentum !== 0;
  expect(!useless, 'optimizer.momentum', `expected 0 with adam, which keeps its own moments, got ${momentum}`);
  expect(momentum >= 0 && momentum < 1, 'optimizer.momentum', `expected 0 to below 1, got ${momentum}`);
  const isAmount = (value: number) => Number.isFinite(value) && value >= 0;
  expect(isAmount(weightDecay), 'optimizer.weight_decay', `expected 0 or more, got ${weightDecay}`);
  expect(isAmount(clipNorm), 'optimizer.clip_norm', `expected 0 or more, got ${clipNorm}`);
  if (violations.length > 0) throw invalidFields(violations);
}

/** Throws unless a classifier can be trained on the version. */
export function checkDataset(version: DatasetVersion): void {
  const name = `${version.datasetId} v${version.version}`;
  if (version.state !== 'STATE_READY') {
    const message = `dataset version ${name} is ${version.state.replace('STATE_', '')}, but must be READY; wait for it, or prepare another`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_NOT_READY' });
  }
  if (version.classes.length < 2) {
    const message = `dataset version ${name} has ${version.classes.length} classes, but a classifier needs labels of at least 2; import it with a label column or a labels file`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_WITHOUT_LABELS' });
  }
  const train = version.splits.find(({ split }) => split === 'train');
  if (train === undefined || train.rows === 0) {
    const message = `dataset version ${name} has no training rows; lower the validation and test fractions, or import more rows`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_WITHOUT_ROWS' });
  }
}
