// Calls passed on to a process of a pool in the bytes they came in, with the caller's own credential: the pool admits or
// refuses the caller itself, so the router can be asked for nothing that the pool would not answer.
import { type RpcError, toRpcError } from '@athanor/client';
import { type CallContext, type Code, ServiceError, traceparentOf } from '@athanor/service';
import { type CallOptions, type ClientDuplexStream, type ServiceError as GrpcError, Metadata } from '@grpc/grpc-js';
import { pickEndpoint } from '../pools/pool.js';
import type { GrpcEndpoint, GrpcPool } from './grpc-endpoint.js';
import type { RetryBudget } from './retry-budget.js';

export const asItIs = (bytes: Buffer): Buffer => bytes;

/** Metadata that the pool needs, besides the trace's. */
const PASSED_ON = ['authorization', 'x-request-id', 'triton_grpc_error'];

export interface Forwarding {
  readonly pools: readonly GrpcPool[];
  readonly context: CallContext;
  readonly budget: RetryBudget;
  /** The model was deployed a moment ago: some processes may not know it yet. */
  readonly isFresh?: boolean;
}

/** Processes that are asked for one answer at most. */
const MAX_ATTEMPTS = 3;

/**
 * One answer for one request. Where a process cannot be reached, or is ending, another one is asked: predictions change
 * nothing, so they may be made twice, and a budget keeps an outage from multiplying the load. A process that does not know
 * a fresh model yet, which its pool is to serve, is passed over too.
 */
export async function forwardUnary(request: Buffer, forwarding: Forwarding): Promise<Buffer> {
  const { pools, context, budget } = forwarding;
  const tried: GrpcEndpoint[] = [];
  let endpoint = expectEndpoint(pools);
  for (;;) {
    try {
      const answer = await callOnce(request, endpoint, context);
      budget.succeeded();
      return answer;
    } catch (error) {
      tried.push(endpoint);
      const { code, reason } = toRpcError(error, context.method);
      const another = tried.length < MAX_ATTEMPTS ? pickEndpoint(pools, tried) : undefined;
      if (another === undefined || context.abortReason !== undefined || !mayRetry({ code, reason }, forwarding))
        throw inPoolsWords(error, context);
      budget.retried(code);
      endpoint = another;
    }
  }
}

function mayRetry(
  { code, reason }: Pick<RpcError, 'code' | 'reason'>,
  { budget, isFresh = false }: Forwarding,
): boolean {
  // Another process may have less to do.
  const isElsewhere = code === 'UNAVAILABLE' || reason === 'OVERLOADED';
  return (code === 'NOT_FOUND' && isFresh) || (isElsewhere && budget.spend());
}

async function callOnce(request: Buffer, endpoint: GrpcEndpoint, context: CallContext): Promise<Buffer> {
  const { client } = endpoint;
  const [metadata, options] = [toMetadata(context), toOptions(context)];
  const leave = endpoint.enter();
  let stopListening = () => undefined as unknown;
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: GrpcError | null, answer?: Buffer) => (error ? reject(error) : resolve(answer!));
      const call = client.makeUnaryRequest(context.method, asItIs, asItIs, request, metadata, options, done);
      stopListening = context.onAbort(() => call.cancel());
    });
  } finally {
    stopListening();
    leave();
  }
}

export type ForwardedStream = ClientDuplexStream<Buffer, Buffer>;

/** A stream to one process, for as long as the caller's lasts. */
export function forwardStream({ pools, context }: Pick<Forwarding, 'pools' | 'context'>): ForwardedStream {
  const endpoint = expectEndpoint(pools);
  const { client } = endpoint;
  const call = client.makeBidiStreamRequest(context.method, asItIs, asItIs, toMetadata(context), toOptions(context));
  const leave = endpoint.enter();
  const stopListening = context.onAbort(() => call.cancel());
  call.once('status', () => {
    leave();
    stopListening();
  });
  return call;
}

function expectEndpoint(pools: readonly GrpcPool[]): GrpcEndpoint {
  const endpoint = pickEndpoint(pools);
  if (endpoint !== undefined) return endpoint;
  const names = pools.map(({ name }) => `'${name}'`).join(', ');
  throw new ServiceError('UNAVAILABLE', `no process of pool ${names} is ready; look at the pool's pods`, {
    reason: 'POOL_EMPTY',
    retryAfterMs: 1_000,
  });
}

function toMetadata(context: CallContext): Metadata {
  const metadata = new Metadata();
  for (const key of PASSED_ON) {
    const value = context.metadata(key);
    if (value !== undefined) metadata.set(key, value);
  }
  const traceparent = traceparentOf(context.span);
  if (traceparent !== undefined) metadata.set('traceparent', traceparent);
  return metadata;
}

function toOptions({ deadlineMs }: CallContext): CallOptions {
  return deadlineMs === Number.POSITIVE_INFINITY ? {} : { deadline: deadlineMs };
}

/**
 * The pool's own words, codes and details, of which what went wrong on the way there is one more. Any other error is the
 * router's own and none of the caller's business: it is left as it is, for the chassis to hide.
 */
export function inPoolsWords(error: unknown, { method }: CallContext): unknown {
  if (error instanceof ServiceError || !isGrpcError(error)) return error;
  const { code, message, reason, metadata, violations, retryAfterMs }: RpcError = toRpcError(error, method);
  return new ServiceError(code as Code, message, {
    ...(reason !== '' && { reason, metadata }),
    ...(violations.length > 0 && { violations }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  });
}

function isGrpcError(error: unknown): error is GrpcError {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'number';
}
