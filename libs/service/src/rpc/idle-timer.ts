import { ServiceError } from '../errors/index.js';
import type { CallContext } from './call-context.js';

/** Ends a stream on which no message has moved for a while; sooner when the server is to stop. */
export class IdleTimer {
  readonly #context: CallContext;
  #timer: NodeJS.Timeout;
  #drainMs: number | undefined;
  #working = false;

  constructor(context: CallContext, idleMs: number) {
    this.#context = context;
    const message = `no message for ${idleMs / 1000} s on ${context.method}; call again to go on`;
    this.#timer = setTimeout(() => {
      if (context.mayBeSilent) this.touch();
      else context.abort(new ServiceError('DEADLINE_EXCEEDED', message));
    }, idleMs);
  }

  touch(): void {
    this.#timer.refresh();
  }

  /** While the server works or waits for the reader, a quiet stream is not an idle one. */
  set working(working: boolean) {
    this.#working = working;
    if (this.#drainMs !== undefined) this.drain(this.#drainMs);
  }

  /** From now on the stream may be quiet only for so long, unless the server is at work on it. */
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

/** Why a call ends that a stopping server does not wait for. */
export function stopping(): ServiceError {
  return new ServiceError('UNAVAILABLE', 'the service is stopping; call again', { reason: 'STOPPING' });
}
