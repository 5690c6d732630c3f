export { type Checkpoint, type Cursor, readCheckpoint, writeCheckpoint } from './checkpoint.js';
export { CheckpointCorrupt, CheckpointMismatch, TrainingDiverged } from './errors.js';
export { type Evaluation, type EvaluationOptions, evaluate, evaluateModel } from './evaluate.js';
export {
  type ExportedModel,
  exportModel,
  type ModelSignature,
  type SignatureTensor,
  signatureOf,
} from './export-model.js';
export {
  type ClassificationMetrics,
  type ClassMetrics,
  type ConfusionCell,
  classificationMetrics,
  denseConfusion,
} from './metrics.js';
export type { ChunkReport, EpochReport } from './reports.js';
export { type AdamSpec, InvalidTrainingSpec, type OptimizerSpec, type SgdSpec, type TrainingSpec } from './spec.js';
export { type TrainingResult, type TrainOptions, train } from './train.js';
export { InvalidTrainingData, type Split, type TrainingData } from './training-data.js';
