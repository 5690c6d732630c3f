// What serving and imports need of models: reading, checking, guarding and writing files. It loads no operators, whose
// types and reference take longer to load than all of this.

export { checkModel, readCheckedModel } from '../check/check-model.js';
export { ModelError, type ModelErrorCode, quoted } from '../errors.js';
export type { Boundary, BoundaryValue } from '../guard/boundary.js';
export { type ArtifactFiles, filesBelow } from '../guard/external-data.js';
export { type GuardedFile, type GuardOptions, guardFile } from '../guard/guard-file.js';
export type { BoundaryReshape } from '../guard/reshape-boundary.js';
export type { ColumnLabels } from '../guard/rewrite-boundary.js';
export type { Dim, Graph, Model, ValueInfo } from '../model.js';
export { readModel } from '../wire/decode.js';
export { readModelWithData } from '../wire/embed.js';
export { writeModel } from '../wire/encode.js';
export { readTensorFile } from '../wire/tensor-file.js';
