import type { EventEmitter } from 'node:events';
import type {
  MethodDefinition,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  sendUnaryData,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { ServiceError } from '../errors/index.js';
import { AbortGate } from './abort-gate.js';
import { readAdmission } from './admission/admission.js';
import type { RequestBody } from './admission/request-body.js';
import { CallAbort } from './call-abort.js';
import { CallContext, type Interceptor } from './call-context.js';
import type { CallsInFlight } from './calls-in-flight.js';
import { IdleTimer } from './idle-timer.js';
import { readMessages } from './read-messages.js';
import { toStatus } from './status.js';

// Adapts plain functions to grpc-js handlers: builds the context, runs the interceptors, maps errors, applies
// backpressure.

export interface AdapterOptions {
  /** All interceptors, composed into one. */
  readonly intercept: Interceptor;
  readonly log: Logger;
  readonly streamIdleMs: number;
  /** Registers every call, so that a stopping server can wait for them. */
  readonly calls: CallsInFlight;
}

type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;
type AnyHandler = (request: unknown, context: CallContext) => unknown;

/** Adapts every method of a service; a method without an implementation is omitted, so it returns UNIMPLEMENTED. */
export function adaptService(
  definition: ServiceDefinition,
  implementation: object,
  options: AdapterOptions,
): UntypedServiceImplementation {
  const handlers = implementation as Record<string, AnyHandler | undefined>;
  const adapted: Record<string, UntypedHandleCall> = {};
  for (const [name, method] of Object.entries(definition)) {
    const key = name.charAt(0).toLowerCase() + name.slice(1);
    const handler = handlers[key]?.bind(implementation);
    if (handler !== undefined) adapted[name] = adaptMethod(method, handler, options);
  }
  return adapted;
}

function adaptMethod(method: MethodDefinition<unknown, unknown>, handler: AnyHandler, options: AdapterOptions) {
  const isStream = method.requestStream || method.responseStream;
  const respond = method.responseStream ? respondWithStream : respondOnce;
  return (call: AnyCall, callback?: sendUnaryData<unknown>): void => {
    const abort = createAbort(call);
    const { principal, body } = readAdmission(call.metadata);
    const context = createContext(call, method.path, { isStream, log: options.log, abort });
    if (principal !== undefined) context.principal = principal;
    const idle = isStream ? new IdleTimer(context, options.streamIdleMs) : undefined;
    if (method.requestStream) {
      context.keepRequest = () => body.keep();
      // Responses may have been sent already, so the call ends like after any other failure.
      body.onProblem = problem => abort.abort(problem);
    }
    const served = { context, idle };
    options.calls.add(served);
    const request = method.requestStream
      ? readRequests(call as ServerReadableStream<unknown, unknown>, { body, idle })
      : 'request' in call
        ? call.request
        : undefined;
    const end = (): void => {
      abort.end();
      idle?.stop();
      options.calls.remove(served);
    };
    let response: unknown;
    options
      .intercept(context, async () => {
        response = await respond({ handler, request, context, abort, call, idle });
      })
      .then(
        () => {
          if (callback) callback(null, response);
          else (call as ServerWritableStream<unknown, unknown>).end();
          end();
        },
        error => {
          fail(error, call, callback);
          end();
        },
      );
  };
}

interface Exchange {
  handler: AnyHandler;
  request: unknown;
  context: CallContext;
  abort: CallAbort;
  call: AnyCall;
  idle: IdleTimer | undefined;
}

/** Ends with the handler's response, or as soon as the call is cancelled or its deadline has passed. */
function respondOnce({ handler, request, context, abort }: Exchange): Promise<unknown> {
  // Cancelled during admission: there would be nobody to receive the handler's result.
  if (abort.reason !== undefined) return Promise.reject(abort.reason);
  return new AbortGate(abort).wait(handler(request, context) as Promise<unknown>);
}

async function respondWithStream({ handler, request, context, abort, call, idle }: Exchange): Promise<void> {
  if (abort.reason !== undefined) throw abort.reason;
  const stream = call as ServerWritableStream<unknown, unknown>;
  const messages = (handler(request, context) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const gate = new AbortGate(abort);
  try {
    for (let next = await gate.wait(messages.next()); next.done !== true; next = await gate.wait(messages.next())) {
      idle?.touch();
      if (!stream.write(next.value)) await gate.wait(drained(stream, idle));
    }
    if (abort.reason !== undefined) throw abort.reason;
  } finally {
    gate.dispose();
    // Lets a handler that still runs clean up; it may ignore the abort, so it is not awaited.
    messages.return?.().catch(() => undefined);
  }
}

async function drained(stream: ServerWritableStream<unknown, unknown>, idle: IdleTimer | undefined): Promise<void> {
  if (idle) idle.working = true;
  await new Promise<void>(resolve => stream.once('drain', resolve));
  if (idle) idle.working = false;
}

async function* readRequests(
  call: ServerReadableStream<unknown, unknown>,
  { body, idle }: { readonly body: RequestBody; readonly idle: IdleTimer | undefined },
) {
  for await (const message of readMessages(call)) {
    idle?.touch();
    yield message;
    body.release();
  }
  if (idle) idle.working = true;
}

function createAbort(call: AnyCall): CallAbort {
  const abort = new CallAbort();
  const emitter: EventEmitter = call;
  emitter.on('cancelled', () => {
    // Creating an error with its stack is costly, and this event also follows every response.
    if (!abort.isOver) abort.abort(new ServiceError('CANCELLED', 'the caller cancelled the call'));
  });
  // A caller that disconnects breaks the request stream; the handler sees it as an error of its iteration.
  if ('readable' in call) {
    emitter.on('error', cause => abort.abort(new ServiceError('CANCELLED', 'the caller disconnected', { cause })));
  }
  return abort;
}

function createContext(
  call: AnyCall,
  method: string,
  { isStream, log, abort }: { isStream: boolean; log: Logger; abort: CallAbort },
): CallContext {
  return new CallContext({
    method,
    isStream,
    metadata: key => call.metadata.get(key)[0]?.toString(),
    isCertified: () => isCertified(call),
    deadlineMs: toEpochMs(call.getDeadline()),
    abort,
    log,
  });
}

/** A listener that requests certificates refuses, in the handshake, those that its authorities did not sign. */
export function isCertified(call: Pick<AnyCall, 'getAuthContext'>): boolean {
  return call.getAuthContext().sslPeerCertificate !== undefined;
}

function toEpochMs(deadline: Date | number): number {
  return typeof deadline === 'number' ? deadline : deadline.getTime();
}

function fail(error: unknown, call: AnyCall, callback: sendUnaryData<unknown> | undefined): void {
  const known = error instanceof ServiceError ? error : new ServiceError('INTERNAL', 'an internal error');
  const status = toStatus(known);
  if (callback) callback(status);
  else (call as ServerWritableStream<unknown, unknown>).emit('error', status);
}
