export {
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
export { inlineGraph } from './build/inline.js';
export { type LoopOptions, type LoopStep, loop } from './build/loop.js';
export { toModel } from './build/to-model.js';
export { checkModel, readCheckedModel } from './check/check-model.js';
export { DEFAULT_LIMITS, type ModelLimits } from './check/limits.js';
export { ModelError, type ModelErrorCode, quoted, TypeInferenceError } from './errors.js';
export type { Boundary, BoundaryValue } from './guard/boundary.js';
export { type ArtifactFiles, filesBelow } from './guard/external-data.js';
export { DEFAULT_FILE_LIMITS, type FileLimits } from './guard/file-limits.js';
export { type GuardedFile, type GuardOptions, guardFile } from './guard/guard-file.js';
export type { BoundaryReshape } from './guard/reshape-boundary.js';
export type { ColumnLabels } from './guard/rewrite-boundary.js';
export { type AssumedSizes, type MemoryNeed, memoryNeed } from './memory/memory-need.js';
export type {
  Attribute,
  Attributes,
  Dim,
  Graph,
  Model,
  Node,
  Value,
  ValueInfo,
  ValueType,
} from './model.js';

export { type AttributeInputs, type AttributeValues, readAttributes } from './operators/attribute-specs.js';
export { type WindowAttributes, type WindowAxis, windowAxes } from './operators/convolution/window.js';
export { areNumbers, broadcastDims, staticCount } from './operators/dims.js';
export { bindInputs, type InputSpecs, inOrder, mapInputs, type PerInput } from './operators/input-specs.js';
export { interpolation } from './operators/layout/interpolation.js';
export { type AxisPad, axisPads, padSources } from './operators/layout/pad.js';
export { resizedAxes } from './operators/layout/resize.js';
export { einsumSizes } from './operators/matrix/einsum.js';
export { type EinsumTerms, parseEinsum } from './operators/matrix/einsum-equation.js';
export type { Dims } from './operators/operator.js';
export { paddedCount } from './operators/pooling/average-pool.js';
export { type SliceBound, sliceBound } from './operators/selection/slice.js';
export { type AttributesOf, type InputsOf, isOperator, OPERATORS, type OperatorName } from './operators/table.js';
export { convertOpset } from './opsets/convert-opset.js';
export { TABLE_OPSET, toTableOpset } from './opsets/table-opset.js';
export { foldIntegers } from './passes/fold-integers.js';
export { removeDeadCode } from './passes/remove-dead-code.js';
export { removeIdentities } from './passes/remove-identities.js';
export { shareCommonSubexpressions } from './passes/share-common-subexpressions.js';
export { type Connections, mergeModels } from './rewrite/merge.js';
export { prefixValues, renameValues } from './rewrite/rename.js';
export { usedNames } from './rewrite/used-names.js';
export { parseModelText } from './text/parse-model.js';
export { printModel } from './text/print-model.js';
export type { GraphTypes, UntypedNode } from './typing/graph-types.js';
export { inferModelTypes, inferTypes, type TypeScope } from './typing/infer-types.js';
export { readModel } from './wire/decode.js';
export { readModelWithData } from './wire/embed.js';
export { writeModel } from './wire/encode.js';
export { readTensorFile } from './wire/tensor-file.js';
