import { CliError, EXIT_CODES } from './exit-codes.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that must clean up when the user interrupts it: the work's signal is aborted with the error to throw. A
 * second signal of the same kind ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    abort.abort(new CliError(`interrupted by ${name}`, EXIT_CODES.interrupted));
  };
  for (const name of SIGNALS) process.once(name, onSignal);
  try {
    return await work(abort.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}

/** The result of a promise, or the signal's reason as soon as it is aborted. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
