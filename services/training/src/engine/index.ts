export { type BatchSource, memorySource } from './batch-source.js';
export { type Checkpoint, type Cursor, readCheckpoint, writeCheckpoint } from './checkpoint.js';
export { CheckpointCorrupt, CheckpointMismatch, InsufficientMemory, TrainingDiverged } from './errors.js';
export { type EvaluationOptions, evaluate, evaluateModel } from './evaluate.js';
export {
  type ExportedModel,
  exportModel,
  type ModelSignature,
  type SignatureTensor,
  signatureOf,
} from './export-model.js';
export { initialWeights } from './initial-weights.js';
export { estimateMemory, type MemoryEstimate } from './memory-estimate.js';
export { type Network, trainGraph, weightsOf } from './network.js';
export { prepareData } from './prepare-data.js';
export { START } from './progress.js';
export type { ChunkReport, EpochReport } from './reports.js';
export { type ColumnTransform, DEFAULT_SHUFFLE_BUFFER_BYTES, InvalidTrainingSpec, type TrainingSpec } from './spec.js';
export { StepRunner } from './step-runner.js';
export { type TrainingResult, train } from './train.js';
export { type BestResult, type Candidate, trainBest } from './train-best.js';
export type { TrainOptions } from './train-options.js';
export { findColumn, InvalidTrainingData, type ShardStream, type TrainingData } from './training-data.js';
