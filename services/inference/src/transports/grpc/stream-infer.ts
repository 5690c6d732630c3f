import { ServiceError } from '@athanor/service';
import { answer, decode, type InferScope } from './answer.js';
import { encodeInferResponse, encodeStreamResponse } from './codec/encode-infer-response.js';

/** Maximum number of requests of one stream in progress; further ones are not read yet. */
const WINDOW = 64;

/**
 * Many requests on one stream, executed concurrently and answered in order. A failed request is answered with an error
 * message and the stream continues; with metadata "triton_grpc_error: true" the stream ends with its status.
 */
export async function* streamInfer(requests: AsyncIterable<Buffer>, scope: InferScope): AsyncIterable<Buffer> {
  const endsOnError = scope.context.metadata('triton_grpc_error') === 'true';
  const iterator = requests[Symbol.asyncIterator]();
  const pending: Promise<Buffer>[] = [];
  let reading: Promise<IteratorResult<Buffer>> | undefined = iterator.next();
  while (reading !== undefined || pending.length > 0) {
    const next: Settled | undefined = await firstOf(pending.length < WINDOW ? reading : undefined, pending[0]);
    if (next?.kind === 'answer') {
      void pending.shift();
      yield next.value;
    } else if (next?.value.done === false) {
      const response = respond(next.value.value, scope, endsOnError);
      const release = scope.context.keepRequest();
      // A failure is handled when its turn comes; until then it must not count as an unhandled rejection.
      response.then(release, release);
      pending.push(response);
      reading = iterator.next();
    } else reading = undefined;
  }
}

type Settled =
  | { readonly kind: 'answer'; readonly value: Buffer }
  | { readonly kind: 'request'; readonly value: IteratorResult<Buffer> };

function firstOf(
  reading: Promise<IteratorResult<Buffer>> | undefined,
  answering: Promise<Buffer> | undefined,
): Promise<Settled | undefined> {
  return Promise.race([
    ...(answering ? [answering.then(value => ({ kind: 'answer', value }) as const)] : []),
    ...(reading ? [reading.then(value => ({ kind: 'request', value }) as const)] : []),
  ]);
}

async function respond(bytes: Buffer, scope: InferScope, endsOnError: boolean): Promise<Buffer> {
  let id = '';
  try {
    const request = decode(bytes);
    id = request.id;
    return encodeStreamResponse('', await answer(request, scope, { triton_final_response: true }));
  } catch (error) {
    if (endsOnError || !(error instanceof ServiceError)) throw error;
    const response = { modelName: '', modelVersion: '', id, parameters: {}, outputs: [] };
    return encodeStreamResponse(error.message, encodeInferResponse(response));
  }
}
