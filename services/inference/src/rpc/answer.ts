import { type CallContext, ServiceError } from '@athanor/service';
import type { Catalog } from '../deployments/catalog.js';
import { checkRequest } from '../validation/check-request.js';
import { decodeInferRequest } from '../wire/decode-infer-request.js';
import { encodeInferResponse } from '../wire/encode-infer-response.js';
import type { InferRequest } from '../wire/infer-request.js';
import { WireError } from '../wire/reader.js';
import { toInferOutputs } from './to-infer-outputs.js';

export interface InferScope {
  readonly catalog: Catalog;
  readonly context: CallContext;
}

export function decode(bytes: Buffer): InferRequest {
  try {
    return decodeInferRequest(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new ServiceError('INVALID_ARGUMENT', `expected an inference.ModelInferRequest: ${error.message}`);
  }
}

/** Finds the model, checks the request, waits for its rows, and encodes them. */
export async function answer(
  request: InferRequest,
  { catalog, context }: InferScope,
  parameters: Readonly<Record<string, string | boolean>> = {},
): Promise<Buffer> {
  const model = catalog.expectModel(context.tenant, request.modelName, request.modelVersion);
  const { rows, inputs, outputs: wanted, timeoutUs } = checkRequest(request, model);
  const outputs = await model.scheduler.submit({ rows, inputs, timeoutUs, caller: context });
  return encodeInferResponse({
    modelName: model.name,
    modelVersion: model.version,
    id: request.id,
    parameters: { athanor_version_digest: model.digest, athanor_model_name: model.modelName, ...parameters },
    outputs: toInferOutputs(wanted, outputs, model.spec),
  });
}
