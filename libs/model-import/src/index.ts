export type { Batching } from './batching/decide-batching.js';
export type { OutputLabels } from './config/labels.js';
export { parseModelConfig } from './config/parse-model-config.js';
export type { RecommendedServing } from './config/recommended-serving.js';
export type { WarmUpSample, WarmUpTensor } from './config/warm-up.js';
export { type ImportedFile, type ImportedModel, type ImportOptions, importModel } from './import-model.js';
export { ImportRefusal, type ImportRefusalCode } from './refusal.js';
export type { ImportedSignature, ImportedTensor } from './signature.js';
export type { TrialLimits } from './trial/trial.js';
