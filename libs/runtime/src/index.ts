export { RuntimeFailure, type RuntimeFailureCode } from './errors.js';
export { instructionSet } from './instruction-set.js';
export {
  type ChosenProvider,
  chooseProvider,
  computeTarget,
  type ExecutionProvider,
  GPU_MODES,
  type GpuMode,
} from './provider/choose-provider.js';
export { createProcessRunner, type ProcessRunner } from './runner/process.js';
export type { LoadedModel, MemoryReport, Runner } from './runner/runner.js';
export { createThreadRunner } from './runner/thread.js';
export { type CallLimits, LimitExceeded, withinLimits } from './runner/within-limits.js';
export {
  type ModelMetadata,
  type ModelSource,
  openSession,
  runtimeVersion,
  type Session,
  type SessionOptions,
  type Tensors,
  type ValueMetadata,
} from './session.js';
export { shortReason } from './short-reason.js';
