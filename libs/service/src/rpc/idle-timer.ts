import { ServiceError } from '../errors/index.js';
import type { CallContext } from './call-context.js';

/** Ends a stream without messages for a while; sooner when the server stops. */
export class IdleTimer {
  readonly #context: CallContext;
  #timer: NodeJS.Timeout;
  #drainMs: number | undefined;
  #working = false;

  constructor(context: CallContext, idleMs: number) {
    this.#context = context;
    const message = `no message for ${idleMs / 1000} s on ${context.method}; retry the call to continue`;
    this.#timer = setTimeout(() => {
      if (context.mayBeSilent) this.touch();
      else context.abort(new ServiceError('DEADLINE_EXCEEDED', message));
    }, idleMs);
  }

  touch(): void {
    this.#timer.refresh();
  }

  /** A stream is not idle while the server works or waits for the reader. */
  set working(working: boolean) {
    this.#working = working;
    if (this.#drainMs !== undefined) this.drain(this.#drainMs);
  }

  /** From now on the stream is ended after this idle time, unless the server is working on it. */
  drain(idleMs: number): void {
    this.#drainMs = idleMs;
    clearTimeout(this.#timer);
    if (!this.#working) this.#timer = setTimeout(() => this.#context.abort(stopping()), idleMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#drainMs = undefined;
  }
}

/** Error of a call that a stopping server does not wait for. */
export function stopping(): ServiceError {
  return new ServiceError('UNAVAILABLE', 'the service is stopping; retry the call', { reason: 'STOPPING' });
}
