import { type Span, trace } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { Principal } from '../auth/index.js';
import { ServiceError } from '../errors/index.js';
import { traceparentOf } from '../telemetry/index.js';
import type { CallAbort } from './call-abort.js';

/** What a handler and the interceptors know about a call. */
export class CallContext {
  /** "/package.Service/Method". */
  readonly method: string;
  /** Whether either direction is a stream. */
  readonly isStream: boolean;
  /** Whether the caller presented a certificate of the mesh (mutual TLS); determined on demand. */
  readonly isCertified: () => boolean;
  readonly #metadata: (key: string) => string | undefined;
  /** Epoch milliseconds; Infinity without a deadline. */
  deadlineMs: number;
  /** Set by a handler whose stream may be silent while nothing happens: silence then does not end the stream. */
  mayBeSilent = false;
  requestId = '';
  /**
   * For a stream of requests whose handler processes several concurrently: the last request counts as memory in use
   * until the returned function is called, instead of until the next one is read.
   */
  keepRequest: () => () => void = () => () => undefined;
  span: Span | undefined;
  #principal: Principal | undefined;
  readonly #abort: CallAbort;
  readonly #serviceLog: Logger;
  #log: Logger | undefined;

  constructor(options: {
    method: string;
    isStream: boolean;
    metadata: (key: string) => string | undefined;
    isCertified: () => boolean;
    deadlineMs: number;
    abort: CallAbort;
    log: Logger;
  }) {
    this.method = options.method;
    this.isStream = options.isStream;
    this.deadlineMs = options.deadlineMs;
    this.#serviceLog = options.log;
    this.isCertified = options.isCertified;
    this.#metadata = options.metadata;
    this.#abort = options.abort;
  }

  /** Aborted when the caller has gone, the deadline has passed, or the server must stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why the call was aborted; undefined otherwise. Costs nothing, unlike `signal`, which creates an AbortController. */
  get abortReason(): Error | undefined {
    return this.#abort.reason;
  }

  /**
   * Like listening to `signal`, without its cost. A call that has ended is not aborted any more. @returns a function
   * that removes the listener.
   */
  onAbort(listener: (reason: Error) => void): () => void {
    return this.#abort.listen(listener);
  }

  /** Its lines have the request id. Created with the first line, because most calls log none. */
  get log(): Logger {
    this.#log ??= this.#serviceLog.child({ requestId: this.requestId });
    return this.#log;
  }

  /** Whether lines of this level are logged. */
  logs(level: 'debug' | 'info'): boolean {
    return this.#serviceLog.isLevelEnabled(level);
  }

  metadata(key: string): string | undefined {
    return this.#metadata(key);
  }

  get principal(): Principal {
    if (this.#principal === undefined) throw new ServiceError('UNAUTHENTICATED', 'the call has no credential');
    return this.#principal;
  }

  set principal(principal: Principal) {
    this.#principal = principal;
  }

  /** The tenant of the credential. */
  get tenant(): string {
    const { tenant, id } = this.principal;
    if (tenant === undefined) {
      throw new ServiceError('PERMISSION_DENIED', `'${id}' has no tenant, but the call needs one`);
    }
    return tenant;
  }

  abort(reason: Error): void {
    this.#abort.abort(reason);
  }

  /** Metadata for calls to other services made while serving this one. */
  outgoing(): {
    tenant: string | undefined;
    actor: string;
    deadlineMs: number;
    signal: AbortSignal;
    traceparent?: string;
  } {
    const traceparent = traceparentOf(this.span ?? trace.getActiveSpan());
    const { tenant, actor } = this.principal;
    return { tenant, actor, deadlineMs: this.deadlineMs, signal: this.signal, ...(traceparent && { traceparent }) };
  }
}

/**
 * Wraps the serving of a call. The order matters: see `defaultInterceptors`. One that only acts before the call is a
 * plain function, which may throw: the others are asynchronous, and one promise fewer saves time on every call.
 */
export type Interceptor = (context: CallContext, next: () => Promise<void>) => Promise<void>;

/** Composes a list into one function; the first is the outermost. */
export function composeInterceptors(interceptors: readonly Interceptor[]): Interceptor {
  return (context, handler) =>
    interceptors.reduceRight<() => Promise<void>>((next, interceptor) => () => interceptor(context, next), handler)();
}
