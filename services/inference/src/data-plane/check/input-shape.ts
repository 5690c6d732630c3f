import type { TensorSpec } from '../../served-models/model-spec.js';
import type { InferRequest } from '../infer-request.js';
import { invalidInference, printShape } from './request-error.js';
import type { RequestModel } from './request-model.js';

const BATCH_NOTE =
  'NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to each ' +
  'input shape. If you want to specify the full shape including the batch dim in your input dims config, try setting ' +
  'max_batch_size to zero. See the model configuration docs for more info on max_batch_size.';

/** The number of rows, equal for all inputs; 1 for a model without a batch dimension. */
export function readBatchSize({ id, inputs }: InferRequest, { name: model, spec }: RequestModel): number {
  if (spec.maxBatchSize === 0) return 1;
  let rows: number | undefined;
  for (const { name, shape } of inputs) {
    const batch = shape[0];
    if (batch === undefined) {
      throw invalidInference(id, `input '${name}' has no shape but model requires batch dimension for '${model}'`);
    }
    if (rows !== undefined && batch !== rows) {
      throw invalidInference(id, `input '${name}' batch size does not match other inputs for '${model}'`);
    }
    if (batch < 0) throw unspecified(id, name, shape, model);
    rows = batch;
  }
  if (rows === undefined || rows > spec.maxBatchSize) {
    throw invalidInference(id, `inference request batch-size must be <= ${spec.maxBatchSize} for '${model}'`);
  }
  if (rows === 0) throw invalidInference(id, `inference request batch-size must be >= 1 for '${model}'`);
  return rows;
}

/** The dimensions without the batch. */
export function checkInputShape(
  id: string,
  { spec, shape, model }: { spec: TensorSpec; shape: readonly number[]; model: RequestModel },
): readonly number[] {
  const first = model.spec.maxBatchSize > 0 ? 1 : 0;
  const { dims } = spec;
  let matches = shape.length === dims.length + first;
  let isOpen = false;
  for (let axis = 0; matches && axis < dims.length; axis++) {
    const dim = shape[axis + first]!;
    if (dim < 0) throw unspecified(id, spec.name, shape, model.name);
    if (dims[axis] === -1) isOpen = true;
    else matches = dims[axis] === dim;
  }
  if (matches) return isOpen ? shape.slice(first) : dims;
  const expected = first === 1 ? [-1, ...dims] : dims;
  throw invalidInference(
    id,
    `unexpected shape for input '${spec.name}' for model '${model.name}'. Expected ${printShape(expected)}, ` +
      `got ${printShape(shape)}. ${first === 1 ? BATCH_NOTE : ''}`.trimEnd(),
  );
}

function unspecified(id: string, input: string, shape: readonly number[], model: string): Error {
  const message = `All input dimensions should be specified for input '${input}' for model '${model}', got ${printShape(shape)}`;
  return invalidInference(id, message);
}
