export { type ColumnFacts, chooseTransform } from './choose-transform.js';
export { MAX_ENCODED } from './dense.js';
export { encodingGraph, TRANSFORM_OPSETS } from './encoding-graph.js';
export { imageShape } from './image.js';
export { rawInputType, rawTensor } from './raw-tensor.js';
export type { Encoded, Fitted, Fitter, ImageShape, SourceColumn, Transform } from './transform.js';
export { TransformError } from './transform.js';
export { TRANSFORMS } from './transforms.js';
