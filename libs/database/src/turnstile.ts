import { DatabaseError } from './database-error.js';

/** A mutex with FIFO order. */
export interface Turnstile {
  /**
   * @returns the function to call on leaving.
   * @throws DatabaseError `timeout` if those ahead take longer than the limit: most likely one of them waits, inside
   * its transaction, for something that itself needs the database.
   */
  enter(): Promise<() => void>;
}

export function createTurnstile(timeoutMs: number): Turnstile {
  const waiting: (() => void)[] = [];
  let occupied = false;

  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else occupied = false;
  };

  const once = (action: () => void) => {
    let done = false;
    return () => {
      if (!done) action();
      done = true;
    };
  };

  return {
    enter() {
      if (!occupied) {
        occupied = true;
        return Promise.resolve(once(leave));
      }
      return new Promise((resolve, reject) => {
        const proceed = () => {
          clearTimeout(timer);
          resolve(once(leave));
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(proceed), 1);
          reject(
            new DatabaseError(
              'timeout',
              `waited ${timeoutMs} ms for the database; an earlier transaction has not ended`,
            ),
          );
        }, timeoutMs);
        waiting.push(proceed);
      });
    },
  };
}
