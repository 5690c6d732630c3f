import { type Span, trace } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { Principal } from '../auth/index.js';
import { ServiceError } from '../errors/index.js';
import { traceparentOf } from '../telemetry/index.js';

/** What a handler and the interceptors know of the call they serve. */
export class CallContext {
  /** "/package.Service/Method". */
  readonly method: string;
  /** Whether messages flow more than once in some direction. */
  readonly isStream: boolean;
  /** Aborted when the caller has gone, the deadline has passed, or the server must end. */
  readonly signal: AbortSignal;
  readonly #metadata: (key: string) => string | undefined;
  /** Epoch milliseconds; Infinity where there is none. */
  deadlineMs: number;
  requestId = '';
  span: Span | undefined;
  log: Logger;
  #principal: Principal | undefined;
  readonly #abort: AbortController;

  constructor(options: {
    method: string;
    isStream: boolean;
    metadata: (key: string) => string | undefined;
    deadlineMs: number;
    abort: AbortController;
    log: Logger;
  }) {
    this.method = options.method;
    this.isStream = options.isStream;
    this.deadlineMs = options.deadlineMs;
    this.log = options.log;
    this.#metadata = options.metadata;
    this.#abort = options.abort;
    this.signal = options.abort.signal;
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

/** Wraps the serving of a call. Order matters: see DEFAULT_INTERCEPTORS. */
export type Interceptor = (context: CallContext, next: () => Promise<void>) => Promise<void>;

/** Makes one function of a list: the first is the outermost. */
export function composeInterceptors(interceptors: readonly Interceptor[]): Interceptor {
  return (context, handler) =>
    interceptors.reduceRight<() => Promise<void>>((next, interceptor) => () => interceptor(context, next), handler)();
}
