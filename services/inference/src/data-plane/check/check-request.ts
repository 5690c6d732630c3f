import type { InputRows } from '@athanor/serving';
import type { TensorSpec } from '../../served-models/model-spec.js';
import type { InferInput, InferRequest } from '../infer-request.js';
import { checkRequestParameters, readClassification } from './check-parameters.js';
import { findInputData, type InputData } from './input-data.js';
import { checkInputShape, readBatchSize } from './input-shape.js';
import { readElements } from './read-elements.js';
import { invalidInference, invalidRequest } from './request-error.js';
import type { RequestModel } from './request-model.js';
import { widen, widenedFrom } from './widen.js';

/** A requested output, by its index in the model's list. */
export interface WantedOutput {
  readonly index: number;
  /** Number of best classes to return instead of the tensor; 0: the tensor. */
  readonly classification: number;
}

/** A valid request for its model. */
export interface CheckedRequest {
  readonly rows: number;
  /** In the model's order. */
  readonly inputs: readonly InputRows[];
  readonly outputs: readonly WantedOutput[];
  readonly timeoutUs: number;
  readonly priority: number;
}

/** Checks in Triton's order and with its messages (core, src/infer_request.cc; server, src/grpc/infer_handler.cc). */
export function checkRequest(request: InferRequest, model: RequestModel): CheckedRequest {
  const { timeoutUs, priority } = checkRequestParameters(request.parameters);
  refuseDuplicates(request, 'input');
  refuseDuplicates(request, 'output');
  const data = findInputData(request, model.name);
  const outputs = findOutputs(request, model);
  checkInputCount(request, model);
  const rows = readBatchSize(request, model);
  const inputs = model.spec.inputs.map((spec, index) => {
    const found = request.inputs[index]?.name === spec.name ? index : indexOfInput(request, spec, model);
    return checkInput(request, { spec, input: request.inputs[found]!, data: data[found]!, model });
  });
  return { rows, inputs, outputs, timeoutUs, priority };
}

function refuseDuplicates(request: InferRequest, kind: 'input' | 'output'): void {
  const list = kind === 'input' ? request.inputs : request.outputs;
  if (list.length < 2) return;
  const seen = new Set<string>();
  for (const { name } of list) {
    if (seen.has(name)) throw invalidInference(request.id, `${kind} '${name}' already exists in request`);
    seen.add(name);
  }
}

function findOutputs({ outputs }: InferRequest, { name: model, spec }: RequestModel): WantedOutput[] {
  if (outputs.length === 0) return spec.outputs.map((_, index) => ({ index, classification: 0 }));
  return outputs.map(({ name, parameters }) => {
    const index = spec.outputs.findIndex(output => output.name === name);
    if (index < 0) throw invalidRequest(`unexpected inference output '${name}' for model '${model}'`);
    return { index, classification: readClassification(name, parameters) };
  });
}

function checkInputCount({ id, inputs }: InferRequest, { name: model, spec }: RequestModel): void {
  if (inputs.length === spec.inputs.length) return;
  const got = new Set(inputs.map(({ name }) => name));
  const quote = (names: string[]) => `[${names.map(name => `'${name}'`).join(',')}]`;
  const missing = spec.inputs.map(({ name }) => name).filter(name => !got.has(name));
  throw invalidInference(
    id,
    `expected ${spec.inputs.length} inputs but got ${inputs.length} inputs for model '${model}'. ` +
      `Got input(s) ${quote([...got])}, but missing required input(s) ${quote(missing)}. ` +
      'Please provide all required input(s).',
  );
}

/** The counts are equal and names are unique: if one of the model's inputs is missing, another one is unknown. */
function indexOfInput(request: InferRequest, spec: TensorSpec, model: RequestModel): number {
  const index = request.inputs.findIndex(({ name }) => name === spec.name);
  if (index >= 0) return index;
  const known = new Set(model.spec.inputs.map(({ name }) => name));
  const unknown = request.inputs.find(({ name }) => !known.has(name))!;
  throw invalidRequest(`unexpected inference input '${unknown.name}' for model '${model.name}'`);
}

interface InputCheck {
  readonly spec: TensorSpec;
  readonly input: InferInput;
  readonly data: InputData;
  readonly model: RequestModel;
}

function checkInput({ id }: InferRequest, { spec, input, data, model }: InputCheck): InputRows {
  const sent = input.datatype === spec.dtype ? undefined : widenedFrom(input.datatype, spec.dtype);
  if (sent === undefined && input.datatype !== spec.dtype) {
    const message = `inference input '${spec.name}' data-type is '${input.datatype}', but model '${model.name}' expects '${spec.dtype}'`;
    throw invalidInference(id, message);
  }
  const dims = checkInputShape(id, { spec, shape: input.shape, model });
  const place = { spec, shape: input.shape, id, model: model.name };
  if (sent === undefined) return { dims, data: readElements(data, place) };
  const elements = readElements(data, { ...place, spec: { ...spec, dtype: sent } }) as Uint8Array;
  return { dims, data: widen(elements, sent, place) };
}
