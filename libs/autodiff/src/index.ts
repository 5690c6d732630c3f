export { GradientError, MissingGradientError } from './errors.js';
export type { Provider } from './gradients/gradient.js';
export { absoluteError } from './losses/absolute-error.js';
export { binaryCrossEntropy } from './losses/binary-cross-entropy.js';
export { type CrossEntropyOptions, crossEntropy } from './losses/cross-entropy.js';
export { hinge } from './losses/hinge.js';
export { huber } from './losses/huber.js';
export { klDivergence } from './losses/kl-divergence.js';
export type { Loss } from './losses/loss.js';
export { squaredError } from './losses/squared-error.js';
export { type AdagradOptions, adagrad } from './optimizers/adagrad.js';
export { type AdamOptions, adam, scaleByAdam } from './optimizers/adam.js';
export { clipByGlobalNorm, clipByValue, reportGlobalNorm } from './optimizers/clip.js';
export { type LionOptions, lion } from './optimizers/lion.js';
export { type RmsPropOptions, rmsProp } from './optimizers/rms-prop.js';
export { type SgdOptions, sgd, trace } from './optimizers/sgd.js';
export type { Optimizer, ParameterGroup, StateSlot, Transform, Update } from './optimizers/transform.js';
export { addDecayedWeights, type DecayedParameters, type DecayOptions } from './optimizers/weight-decay.js';
export { type GradientOptions, type GradientSeed, gradients } from './reverse-mode.js';
export { averageName } from './training/averaging.js';
export type { GraphRandom } from './training/graph-random.js';
export type { Buffer, ForwardStep, Named, Network, Parameter } from './training/network.js';
export type { PackedGroup } from './training/packing.js';
export { packState, stateShapes, unpackState } from './training/state.js';
export type { AccumulationSpec, StepSpec } from './training/step-spec.js';
export { buildTappedGraph, FINITE, type Tap, type TappedGraph } from './training/tapped-graph.js';
export {
  buildStepGraph,
  buildTrainGraph,
  METRICS,
  nextName,
  rowsName,
  TRAIN_INPUTS,
  type TrainGraph,
  type TrainGraphSpec,
} from './training/train-graph.js';
