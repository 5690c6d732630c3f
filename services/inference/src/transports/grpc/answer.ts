import { type CallContext, ServiceError } from '@athanor/service';
import type { DataPlane } from '../../data-plane/data-plane.js';
import type { InferRequest } from '../../data-plane/infer-request.js';
import { decodeInferRequest } from './codec/decode-infer-request.js';
import { encodeInferResponse } from './codec/encode-infer-response.js';
import { WireError } from './codec/reader.js';

export interface InferScope {
  readonly plane: DataPlane;
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

/** The one promise of a call: gRPC's handlers return one. */
export function answer(
  request: InferRequest,
  { plane, context }: InferScope,
  parameters?: Readonly<Record<string, boolean>>,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    plane.infer(request, context, {
      send(response) {
        resolve(
          encodeInferResponse(
            parameters === undefined
              ? response
              : { ...response, parameters: { ...response.parameters, ...parameters } },
          ),
        );
      },
      fail: reject,
    });
  });
}
