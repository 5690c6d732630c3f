import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { TrainingSpec } from '@athanor/contracts/training';
import { type FieldViolation, invalidFields, ServiceError } from '@athanor/service/errors';

const MAX_SHUFFLE_BUFFER_MB = 2 ** 20;

/** Throws INVALID_ARGUMENT that lists every number of a spec that is out of range; 0 means chosen. */
export function checkSpec(spec: TrainingSpec, maxCpuThreads: number): void {
  const violations: FieldViolation[] = [];
  const expect = (holds: boolean, field: string, description: string) => {
    if (!holds) violations.push({ field: `spec.${field}`, description });
  };
  const { epochs, batchSize, accumulateSteps, seed, cpuThreads, checkpointEverySteps, earlyStopping } = spec;
  const whole = (value: number, min: number, max: number) => Number.isInteger(value) && value >= min && value <= max;
  expect(spec.datasetId !== '', 'dataset_id', 'expected a dataset, got none');
  expect(whole(epochs, 0, 100_000), 'epochs', `expected 0 to 100000, got ${epochs}`);
  expect(whole(batchSize, 0, 1_000_000), 'batch_size', `expected 0 to 1000000, got ${batchSize}`);
  expect(whole(accumulateSteps, 0, 10_000), 'accumulate_steps', `expected 0 to 10000, got ${accumulateSteps}`);
  expect(Number.isSafeInteger(seed) && seed >= 0, 'seed', `expected a whole number from 0 to 2^53-1, got ${seed}`);
  expect(whole(cpuThreads, 0, maxCpuThreads), 'cpu_threads', `expected 0 to ${maxCpuThreads}, got ${cpuThreads}`);
  expect(checkpointEverySteps >= 0, 'checkpoint_every_steps', `expected 0 or more, got ${checkpointEverySteps}`);
  const { shuffleBufferMb } = spec;
  expect(
    whole(shuffleBufferMb, 0, MAX_SHUFFLE_BUFFER_MB),
    'shuffle_buffer_mb',
    `expected 0 to ${MAX_SHUFFLE_BUFFER_MB}, got ${shuffleBufferMb}`,
  );
  const patience = earlyStopping?.patience ?? 0;
  expect(whole(patience, 0, 100_000), 'early_stopping.patience', `expected 0 to 100000, got ${patience}`);
  if (violations.length > 0) throw invalidFields(violations);
}

/** Throws unless the version can be trained on. */
export function checkDataset(version: DatasetVersion): void {
  const name = `${version.datasetId} v${version.version}`;
  if (version.state !== 'STATE_READY') {
    const message = `dataset version ${name} is ${version.state.replace('STATE_', '')}, but must be READY; wait for it, or prepare another`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_NOT_READY' });
  }
  const train = version.splits.find(({ split }) => split === 'train');
  if (train === undefined || train.rows === 0) {
    const message = `dataset version ${name} has no training rows; lower the validation and test fractions, or import more rows`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_WITHOUT_ROWS' });
  }
}
