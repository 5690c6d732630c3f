import { type Span, trace } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { Principal } from '../auth/index.js';
import { ServiceError } from '../errors/index.js';
import { traceparentOf } from '../telemetry/index.js';
import type { CallAbort } from './call-abort.js';

/** What a handler and the interceptors know of the call they serve. */
export class CallContext {
  /** "/package.Service/Method". */
  readonly method: string;
  /** Whether messages flow more than once in some direction. */
  readonly isStream: boolean;
  /** Whether the caller showed a certificate of the mesh (mutual TLS); looked up only where it matters. */
  readonly isCertified: () => boolean;
  readonly #metadata: (key: string) => string | undefined;
  /** Epoch milliseconds; Infinity where there is none. */
  deadlineMs: number;
  /** A handler whose stream is silent while nothing happens sets it: then silence does not end the stream. */
  mayBeSilent = false;
  requestId = '';
  /**
   * For a stream of requests whose handler works on several at a time: the request read last counts as memory in use until
   * the returned function is called, instead of until the next one is asked for.
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

  /** Aborted when the caller has gone, the deadline has passed, or the server must end. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why the call was aborted; undefined while it was not. Costs nothing, where `signal` makes an AbortController. */
  get abortReason(): Error | undefined {
    return this.#abort.reason;
  }

  /** As listening to `signal`, without the cost of one. A call that has ended is aborted no more. @returns how to stop. */
  onAbort(listener: (reason: Error) => void): () => void {
    return this.#abort.listen(listener);
  }

  /** Its lines carry the request id. Made when the first line is written: most calls write none. */
  get log(): Logger {
    this.#log ??= this.#serviceLog.child({ requestId: this.requestId });
    return this.#log;
  }

  /** Whether lines of this level are written at all. */
  logs(level: 'debug' | 'info'): boolean {
    return this.#serviceLog.isLevelEnabled(level);
  }

  metadata(key: string): string | undefined {
    return this.#metadata(key);
  }

  get principal(): Principal {
    if (this.#principal === undefined) throw new ServiceError('UNAUTHENTICATED', 'the call carries no credential');
    return this.#principal;
  }

  set principal(principal: Principal) {
    this.#principal = principal;
  }

  /** The tenant of the credential. */
  get tenant(): string {
    const { tenant, id } = this.principal;
    if (tenant === undefined) {
      throw new ServiceError('PERMISSION_DENIED', `'${id}' acts for no tenant, but the call needs one`);
    }
    return tenant;
  }

  abort(reason: Error): void {
    this.#abort.abort(reason);
  }

  /** What a call to another service made while serving this one must carry on. */
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
 * Wraps the serving of a call. Order matters: see `defaultInterceptors`. One that only looks before the call is a plain
 * function, which may throw: those around it are asynchronous, and a promise less is time on every call.
 */
export type Interceptor = (context: CallContext, next: () => Promise<void>) => Promise<void>;

/** Makes one function of a list: the first is the outermost. */
export function composeInterceptors(interceptors: readonly Interceptor[]): Interceptor {
  return (context, handler) =>
    interceptors.reduceRight<() => Promise<void>>((next, interceptor) => () => interceptor(context, next), handler)();
}
