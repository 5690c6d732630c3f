export { type Checkpoint, type Cursor, readCheckpoint, writeCheckpoint } from './checkpoint.js';
export { CheckpointCorrupt, CheckpointMismatch, TrainingDiverged } from './errors.js';
export { type EvaluationOptions, evaluate, evaluateModel } from './evaluate.js';
export {
  type ExportedModel,
  exportModel,
  type ModelSignature,
  type SignatureTensor,
  signatureOf,
} from './export-model.js';
export type { Network } from './network.js';
export type { ChunkReport, EpochReport } from './reports.js';
export { type ColumnTransform, InvalidTrainingSpec, type TrainingSpec } from './spec.js';
export { type TrainingResult, type TrainOptions, train } from './train.js';
export { type BestResult, type Candidate, trainBest } from './train-best.js';
export { findColumn, InvalidTrainingData, type TrainingData } from './training-data.js';
