import {
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  type CallOptions as GrpcCallOptions,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { CallOptions } from './call-options.js';
import type { Invocation } from './invocation.js';
import { toRpcError } from './rpc-error.js';
import { unreachable } from './unreachable.js';

// The four kinds of gRPC calls, as promises and async iterables.

export async function invokeUnary(request: unknown, invocation: Invocation): Promise<unknown> {
  const { client, method } = invocation;
  const metadata = await callMetadata(invocation);
  return await new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const options = grpcOptions(invocation);
    const done = settle(resolve, reject, invocation);
    const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, done);
    cancelOnAbort(call, invocation.options.signal);
    reportRetries(call, invocation.options.onRetried);
  });
}

export async function invokeWithRequests(requests: AsyncIterable<unknown>, invocation: Invocation): Promise<unknown> {
  const { client, method } = invocation;
  const metadata = await callMetadata(invocation);
  return await new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const options = grpcOptions(invocation);
    const done = settle(resolve, reject, invocation);
    const call = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, options, done);
    cancelOnAbort(call, invocation.options.signal);
    pump(requests, call).catch(error => {
      reject(error);
      call.cancel();
    });
  });
}

export async function* invokeWithResponses(request: unknown, invocation: Invocation): AsyncIterable<unknown> {
  const { client, method } = invocation;
  const { path, requestSerialize, responseDeserialize } = method;
  const metadata = await callMetadata(invocation);
  const options = grpcOptions(invocation);
  yield* responses(
    client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata, options),
    invocation,
  );
}

export async function* invokeDuplex(requests: AsyncIterable<unknown>, invocation: Invocation): AsyncIterable<unknown> {
  const { client, method } = invocation;
  const { path, requestSerialize, responseDeserialize } = method;
  const metadata = await callMetadata(invocation);
  const options = grpcOptions(invocation);
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options);
  pump(requests, call).catch(error => call.destroy(error as Error));
  yield* responses(call, invocation);
}

async function* responses(call: ClientReadableStream<unknown>, invocation: Invocation): AsyncIterable<unknown> {
  cancelOnAbort(call, invocation.options.signal);
  try {
    for await (const message of call) yield message;
  } catch (error) {
    throw toRpcError(unreachable(error, invocation), invocation.method.path);
  } finally {
    // If the reader stops early, the server stops too.
    call.cancel();
  }
}

async function pump(requests: AsyncIterable<unknown>, call: ClientWritableStream<unknown>): Promise<void> {
  for await (const message of requests) {
    if (call.writableEnded || call.destroyed) return;
    if (!call.write(message)) await writable(call);
  }
  call.end();
}

/** Resolves when the call accepts more, or has ended. */
function writable(call: ClientWritableStream<unknown>): Promise<void> {
  return new Promise(resolve => {
    const events = ['drain', 'close', 'status'];
    const done = () => {
      for (const event of events) call.off(event, done);
      resolve();
    };
    for (const event of events) call.on(event, done);
  });
}

async function callMetadata(invocation: Invocation): Promise<Metadata> {
  const { channel, options } = invocation;
  const { credential } = channel;
  const metadata = new Metadata({ waitForReady: waitsForReady(invocation) });
  const bearer = options.credential ?? (typeof credential === 'string' ? credential : await credential(options));
  metadata.set('authorization', `Bearer ${bearer}`);
  if (options.traceparent !== undefined) metadata.set('traceparent', options.traceparent);
  if (options.requestId !== undefined) metadata.set('x-request-id', options.requestId);
  return metadata;
}

/** Without a deadline a call would wait forever, so it fails at once instead. */
function waitsForReady(invocation: Invocation): boolean {
  const { channel, options } = invocation;
  return channel.waitForReady === true && !options.failFast && deadlineOf(invocation) !== Number.POSITIVE_INFINITY;
}

function grpcOptions(invocation: Invocation): GrpcCallOptions {
  const deadline = deadlineOf(invocation);
  return deadline === Number.POSITIVE_INFINITY ? {} : { deadline };
}

/** Epoch milliseconds. */
function deadlineOf({ options, defaultTimeoutMs }: Invocation): number {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const own = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
  return Math.min(own, options.deadlineMs ?? Number.POSITIVE_INFINITY);
}

function cancelOnAbort(
  call: { cancel(): void; once(event: 'status', listener: () => void): unknown },
  signal?: AbortSignal,
): void {
  if (signal === undefined) return;
  const cancel = () => call.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  call.once('status', () => signal.removeEventListener('abort', cancel));
}

/** gRPC proposal A6, "exposed retry metadata": in the response headers, or in the status of a failed call. */
function reportRetries(call: ClientUnaryCall, onRetried: CallOptions['onRetried']): void {
  if (onRetried === undefined) return;
  let isReported = false;
  const report = (metadata: Metadata) => {
    const times = Number(metadata.get('grpc-previous-rpc-attempts')[0] ?? 0);
    if (times > 0 && !isReported) onRetried(times);
    isReported ||= times > 0;
  };
  call.once('metadata', report);
  call.once('status', ({ metadata }) => report(metadata));
}

function settle(resolve: (value: unknown) => void, reject: (error: Error) => void, invocation: Invocation) {
  const end = waitsForReady(invocation) ? invocation.outages?.begin(deadlineOf(invocation)) : undefined;
  return (error: ServiceError | null, response?: unknown): void => {
    end?.();
    if (error) reject(toRpcError(unreachable(error, invocation), invocation.method.path));
    else resolve(response);
  };
}
