import { ServiceError } from '../errors/index.js';
import type { CallContext } from './call-context.js';

/** Ends a stream on which no message has moved for a while. */
export class IdleTimer {
  readonly #timer: NodeJS.Timeout;

  constructor(context: CallContext, idleMs: number) {
    const message = `no message for ${idleMs / 1000} s on ${context.method}; call again to go on`;
    this.#timer = setTimeout(() => context.abort(new ServiceError('DEADLINE_EXCEEDED', message)), idleMs);
  }

  touch(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
