import { constants, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import {
  type Metadata,
  Server,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerOptions,
} from '@grpc/grpc-js';
import type { Principal } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import { toStatus } from '../status.js';
import { writeAdmission } from './admission.js';
import { type Admit, isOpenMethod } from './admit.js';
import { ByteBudget } from './byte-budget.js';
import { checkTimeout } from './grpc-timeout.js';
import { RequestBody } from './request-body.js';

export interface RequestLimits {
  readonly maxMessageBytes: number;
  /** Of all unanswered requests, per connection and for the service. */
  readonly maxConnectionBytes: number;
  readonly maxBytes: number;
  /** From the headers of a call with a single request to the end of that request. */
  readonly bodyTimeoutMs: number;
}

export interface Refusal {
  readonly method: string;
  readonly isStream: boolean;
  readonly metadata: Metadata;
  readonly error: ServiceError;
}

export interface GuardOptions {
  readonly admit: Admit;
  readonly limits: RequestLimits;
  /** Called when a call was refused before its handler, for metrics and logs. */
  readonly onRefusal: (refusal: Refusal) => void;
}

/** For callers without a credential: requests of health and liveness are a few bytes. */
const MAX_OPEN_MESSAGE_BYTES = 1_024;
const SWEEP_INTERVAL_MS = 1_000;
/** The method does not exist. The label of metrics is a constant, so callers cannot invent values. */
const UNKNOWN_METHOD = '/_OTHER';

/** The undocumented parts of grpc-js 1.14 that this file uses; the tests beside it cover each of them. */
interface GrpcInternals {
  readonly handlers: ReadonlyMap<string, { readonly type: string }>;
  _streamHandler(interceptors: ServerInterceptor[], stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void;
}

interface GrpcCallInternals {
  decompressMessage(framed: Buffer, encoding: string): Buffer | Promise<Buffer>;
}

interface Incoming {
  readonly body: RequestBody;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly problem: ServiceError | undefined;
}

export interface GuardedServer {
  readonly server: Server;
  /** Stops the check for requests that do not arrive. */
  stopWatching(): void;
}

/**
 * A grpc-js server that admits every call at its headers, whether the method exists or not, and reads nothing of a call
 * before that. `_streamHandler` of grpc-js is wrapped for what its interceptors cannot see: raw headers, the first
 * bytes of messages, and calls of unknown methods. A call that bypassed the wrapper is refused.
 */
export function createGuardedServer(options: ServerOptions, guard: GuardOptions): GuardedServer {
  // grpc-js creates a call's interceptors while the wrapper below is on the stack.
  let incoming: Incoming | undefined;
  const intercept: ServerInterceptor = (method, call) => {
    const current = incoming;
    incoming = undefined;
    return guardCall(call, { ...method, current, guard });
  };
  const { limits } = guard;
  const server = new Server({
    ...options,
    'grpc.max_receive_message_length': limits.maxMessageBytes,
    interceptors: [intercept],
  });
  server.register(UNKNOWN_METHOD, () => undefined, identity, identity, 'bidi');
  const internals = server as unknown as GrpcInternals;
  const original = internals._streamHandler;
  const all = new ByteBudget(Math.max(limits.maxBytes, limits.maxMessageBytes));
  const connections = new WeakMap<Http2Session, ByteBudget>();
  const arriving = new Set<RequestBody>();

  const budgetOf = (session: Http2Session): ByteBudget => {
    let budget = connections.get(session);
    if (budget === undefined) {
      budget = new ByteBudget(Math.max(limits.maxConnectionBytes, limits.maxMessageBytes));
      connections.set(session, budget);
    }
    return budget;
  };

  internals._streamHandler = function (interceptors, stream, headers) {
    const { session } = stream;
    if (session === undefined) {
      // Its connection is gone.
      stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    if (!String(headers['content-type']).startsWith('application/grpc')) {
      original.call(this, interceptors, stream, headers);
      stream.resume();
      return;
    }
    const path = String(headers[':path']);
    const handler = this.handlers.get(path);
    if (handler === undefined) headers[':path'] = UNKNOWN_METHOD;
    const problem = checkTimeout(headers);
    const isOpen = isOpenMethod(path);
    const body = new RequestBody({
      stream,
      encoding: headers['grpc-encoding'] as string | undefined,
      maxMessageBytes: isOpen ? MAX_OPEN_MESSAGE_BYTES : limits.maxMessageBytes,
      budgets: [budgetOf(session), all],
    });
    if (handler?.type === 'unary' || handler?.type === 'serverStream') {
      arriving.add(body);
      const remove = () => arriving.delete(body);
      stream.once('end', remove).once('close', remove);
    }
    incoming = { body, path, authorization: headers.authorization, problem };
    original.call(this, interceptors, stream, headers);
    incoming = undefined;
    body.watch();
  };

  const timer = setInterval(() => refuseLate(arriving, limits.bodyTimeoutMs), SWEEP_INTERVAL_MS).unref();
  return { server, stopWatching: () => clearInterval(timer) };
}

interface GuardedMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly current: Incoming | undefined;
  readonly guard: GuardOptions;
}

function guardCall(call: ServerInterceptingCallInterface, method: GuardedMethod): ServerInterceptingCall {
  const { current, guard, requestStream, responseStream } = method;
  if (current === undefined) throw new Error('grpc-js has changed: a call bypassed the guard of its server');
  const { body, authorization, problem } = current;
  (call as unknown as GrpcCallInternals).decompressMessage = framed => body.decode(framed);
  const refuse = (metadata: Metadata, error: unknown): void => {
    const known = error instanceof ServiceError ? error : new ServiceError('INTERNAL', 'an internal error');
    call.sendStatus(toStatus(known));
    body.refuseRest();
    guard.onRefusal({ method: method.path, isStream: requestStream || responseStream, metadata, error: known });
  };
  const start = (next: (listener: object) => void): void =>
    next({
      onReceiveMetadata(metadata: Metadata, proceed: (metadata: Metadata) => void) {
        const enter = (principal: Principal | undefined): void => {
          body.onProblem = error => refuse(metadata, error);
          writeAdmission(metadata, { principal, body });
          proceed(metadata);
        };
        try {
          const isCertified = () => call.getAuthContext().sslPeerCertificate !== undefined;
          const admitted = guard.admit({ method: current.path, authorization, isCertified, problem });
          if (admitted instanceof Promise) admitted.then(enter, (error: unknown) => refuse(metadata, error));
          else enter(admitted);
        } catch (error) {
          refuse(metadata, error);
        }
      },
    });
  return requestStream ? new BoundedReads(call, start, body) : new ServerInterceptingCall(call, { start });
}

/** A stream of requests is read only as far as its handler consumes it. */
class BoundedReads extends ServerInterceptingCall {
  readonly #body: RequestBody;

  constructor(
    call: ServerInterceptingCallInterface,
    start: (next: (listener: object) => void) => void,
    body: RequestBody,
  ) {
    super(call, { start });
    this.#body = body;
  }

  override startRead(): void {
    this.#body.read(() => super.startRead());
  }
}

/** Sets keep insertion order, so the first recent one ends the search. */
function refuseLate(arriving: ReadonlySet<RequestBody>, timeoutMs: number): void {
  const latest = performance.now() - timeoutMs;
  for (const body of arriving) {
    if (body.startedAtMs > latest) return;
    const message = `the request did not arrive within ${timeoutMs / 1_000} s; send it sooner, or in smaller parts`;
    body.fail(new ServiceError('DEADLINE_EXCEEDED', message, { reason: 'REQUEST_INCOMPLETE' }));
  }
}

const identity = (value: unknown): Buffer => value as Buffer;
