/** Lets a loop sleep until it is woken, a time has passed, or it must end. A call during work is not lost. */
export class Waker {
  ended = false;
  #woken = false;
  #interrupt: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#interrupt?.();
  }

  end(): void {
    this.ended = true;
    this.#interrupt?.();
  }

  /** Resolves when woken, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#woken) await this.#sleep(ms);
    this.#woken = false;
  }

  /** Waits the whole time, woken or not: for delays after failures. */
  async pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (!this.ended && performance.now() < until) await this.#sleep(until - performance.now());
  }

  #sleep(ms: number): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.#interrupt = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#interrupt = done;
    });
  }
}
