import type { TrainingSpec } from '@athanor/contracts/training';
import type { ColumnFacts, DatasetFacts } from './dataset-facts.js';

/** How long a job trains. */
export type Lengths = Pick<TrainingSpec, 'epochs' | 'batchSize'> & { readonly patience: number };

/** Of images and other tensors. */
const VECTOR_LENGTHS = { epochs: 5, batchSize: 32, patience: 0 } as const;
const MIN_BATCH = 16;
const MAX_BATCH = 256;
const BATCHES_PER_EPOCH = 100;
/** Steps after which training on a table ends at the latest, and limits for the epochs that they make. */
const TABLE_STEPS = 10_000;
const MIN_EPOCHS = 30;
const MAX_EPOCHS = 400;

/** Fills in the number of epochs, the batch size and the patience of early stopping where a request leaves them open. */
export function chooseLengths(
  spec: TrainingSpec,
  { trainRows, validationRows }: DatasetFacts,
  inputs: readonly ColumnFacts[],
): Lengths {
  const isVector = inputs.some(({ type }) => type.kind === 'vector');
  const chosen = isVector ? VECTOR_LENGTHS.batchSize : tableBatch(trainRows);
  const batches = Math.max(1, spec.accumulateSteps);
  const batchSize = spec.batchSize || Math.max(1, Math.min(chosen, Math.floor(trainRows / batches)));
  const steps = Math.ceil(trainRows / (batchSize * batches));
  const tableEpochs = Math.min(MAX_EPOCHS, Math.max(MIN_EPOCHS, Math.ceil(TABLE_STEPS / steps)));
  const epochs = spec.epochs || (isVector ? VECTOR_LENGTHS.epochs : tableEpochs);
  // Whoever asks for a number of epochs gets that number.
  const stopsEarly = spec.epochs === 0 && !isVector && validationRows > 0;
  const patience = spec.earlyStopping?.patience ?? (stopsEarly ? Math.ceil(epochs / 8) : 0);
  return { epochs, batchSize, patience };
}

/** A power of two. */
function tableBatch(rows: number): number {
  const wanted = 2 ** Math.round(Math.log2(Math.max(1, rows / BATCHES_PER_EPOCH)));
  return Math.min(MAX_BATCH, Math.max(MIN_BATCH, wanted));
}
