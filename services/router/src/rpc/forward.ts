// Forwards calls to a process of a pool as the bytes received, with the caller's own credential: the pool authorizes
// the caller itself, so the router cannot give access to anything that the pool would refuse.
import { type RpcError, toRpcError } from '@athanor/client';
import { type CallContext, type Code, ServiceError, traceparentOf } from '@athanor/service';
import { type CallOptions, type ClientDuplexStream, type ServiceError as GrpcError, Metadata } from '@grpc/grpc-js';
import { pickEndpoint } from '../pools/pool.js';
import type { GrpcEndpoint, GrpcPool } from './grpc-endpoint.js';
import type { RetryBudget } from './retry-budget.js';

export const identity = (bytes: Buffer): Buffer => bytes;

/** Metadata that the pool needs, besides the trace context. */
const FORWARDED_METADATA = ['authorization', 'x-request-id', 'triton_grpc_error'];

export interface Forwarding {
  readonly pools: readonly GrpcPool[];
  readonly context: CallContext;
  readonly budget: RetryBudget;
  /** The model was deployed recently; some processes may not have loaded it yet. */
  readonly isFresh?: boolean;
}

/** Maximum number of processes tried for one call. */
const MAX_ATTEMPTS = 3;

/**
 * One response for one request. If a process cannot be reached or is ending, another one is tried: predictions have no
 * side effects, so they may run twice, and a budget keeps an outage from multiplying the load. A process that has not
 * loaded a fresh model yet is skipped too.
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
        throw toServiceError(error, context);
      budget.retried(code);
      endpoint = another;
    }
  }
}

function mayRetry(
  { code, reason }: Pick<RpcError, 'code' | 'reason'>,
  { budget, isFresh = false }: Forwarding,
): boolean {
  // Another process may have less load.
  const mayWorkElsewhere = code === 'UNAVAILABLE' || reason === 'OVERLOADED';
  return (code === 'NOT_FOUND' && isFresh) || (mayWorkElsewhere && budget.spend());
}

async function callOnce(request: Buffer, endpoint: GrpcEndpoint, context: CallContext): Promise<Buffer> {
  const { client } = endpoint;
  const [metadata, options] = [toMetadata(context), toOptions(context)];
  const leave = endpoint.enter();
  let stopListening = () => undefined as unknown;
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: GrpcError | null, answer?: Buffer) => (error ? reject(error) : resolve(answer!));
      const call = client.makeUnaryRequest(context.method, identity, identity, request, metadata, options, done);
      stopListening = context.onAbort(() => call.cancel());
    });
  } finally {
    stopListening();
    leave();
  }
}

export type ForwardedStream = ClientDuplexStream<Buffer, Buffer>;

/** A stream to one process, for the lifetime of the caller's stream. */
export function forwardStream({ pools, context }: Pick<Forwarding, 'pools' | 'context'>): ForwardedStream {
  const endpoint = expectEndpoint(pools);
  const { client } = endpoint;
  const call = client.makeBidiStreamRequest(
    context.method,
    identity,
    identity,
    toMetadata(context),
    toOptions(context),
  );
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
  throw new ServiceError('UNAVAILABLE', `no process of pool ${names} is ready; check the pool's pods`, {
    reason: 'POOL_EMPTY',
    retryAfterMs: 1_000,
  });
}

function toMetadata(context: CallContext): Metadata {
  const metadata = new Metadata();
  for (const key of FORWARDED_METADATA) {
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
 * The pool's own codes, messages and details, including errors of the connection to it. Any other error is internal to
 * the router: it stays as it is, and the chassis hides it.
 */
export function toServiceError(error: unknown, { method }: CallContext): unknown {
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
