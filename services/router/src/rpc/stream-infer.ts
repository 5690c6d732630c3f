import { serviceDefinition } from '@athanor/contracts';
import { type CallContext, ServiceError } from '@athanor/service';
import { readRequestId } from '../wire/text-fields.js';
import type { RouterDependencies } from './dependencies.js';
import { findPools } from './find-pools.js';
import { forwardStream, toServiceError } from './forward.js';
import type { GrpcPool } from './grpc-endpoint.js';
import { PoolStream } from './pool-stream.js';
import { StreamAnswers } from './stream-answers.js';

/**
 * One caller's stream over several pools: each request goes to its model's pool, on one stream per pool. Answers are in
 * order within a pool; across pools they come as they arrive, as from Triton's decoupled models (callers match them by
 * id). A request without a pool is answered like a failed request: with an error message, and the stream continues;
 * with metadata "triton_grpc_error: true" the stream ends with its status.
 */
export async function* streamInfer(
  requests: AsyncIterable<Buffer>,
  scope: RouterDependencies & { readonly context: CallContext },
): AsyncIterable<Buffer> {
  const { context } = scope;
  const endsOnError = context.metadata('triton_grpc_error') === 'true';
  const streams = new Map<string, PoolStream>();
  const answers = new StreamAnswers();

  const open = (pools: readonly GrpcPool[]): PoolStream => {
    const key = pools.map(({ name }) => name).join(' ');
    const existing = streams.get(key);
    if (existing?.hasEnded === false) return existing;
    const call = forwardStream({ pools, context });
    const stream = new PoolStream(call);
    streams.set(key, stream);
    answers.add(call);
    return stream;
  };

  const pass = async (request: Buffer): Promise<void> => {
    let stream: PoolStream;
    try {
      stream = open((await findPools(request, scope)).pools);
    } catch (error) {
      if (endsOnError || !(error instanceof ServiceError)) throw error;
      return await answers.put(refusal(error.message, readRequestId(request)));
    }
    await stream.write(request);
  };

  const reading = (async () => {
    for await (const request of requests) await pass(request);
    for (const stream of streams.values()) stream.end();
  })();
  reading.then(
    () => answers.end(),
    error => answers.fail(error),
  );
  try {
    yield* answers;
  } catch (error) {
    throw toServiceError(error, context);
  } finally {
    answers.close();
    for (const stream of streams.values()) stream.cancel();
  }
}

const { responseSerialize: encode } = serviceDefinition('inference').ModelStreamInfer!;

function refusal(errorMessage: string, id = ''): Buffer {
  return encode({ errorMessage, inferResponse: { id } });
}
