/** A load that takes longer lets the next one begin: it computes or hangs in a process of its own. */
const SLOW_MS = 5_000;

/** Loads one version after the other, so that loading takes at most one CPU from the models that serve. */
export class LoadQueue {
  #last: Promise<void> = Promise.resolve();

  async run<T>(load: () => Promise<T>): Promise<T> {
    const turn = this.#last;
    let begin: () => void = () => undefined;
    this.#last = new Promise(resolve => {
      begin = resolve;
    });
    await turn;
    const slow = setTimeout(begin, SLOW_MS).unref();
    try {
      return await load();
    } finally {
      clearTimeout(slow);
      begin();
    }
  }
}
