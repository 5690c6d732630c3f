export {
  type Attribute,
  type Attributes,
  float,
  floatOf,
  graphAttribute,
  int,
  intOf,
  ints,
  intsOf,
  string,
  tensorAttribute,
} from './attribute.js';
export { GraphBuilder, type NodeInputs, type NodeOptions } from './build/graph-builder.js';
export { type LoopOptions, type LoopStep, loop } from './build/loop.js';
export { ModelError, type ModelErrorCode, TypeInferenceError } from './errors.js';
export { broadcastDims, staticCount } from './inference/broadcast.js';
export { isKnownOp, type KnownOp } from './inference/table.js';
export { type Dim, type Graph, type Model, type Node, toModel, type Value, type ValueInfo, type ValueType } from './model.js';
export { readModel } from './wire/decode.js';
export { writeModel } from './wire/encode.js';
