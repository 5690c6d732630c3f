import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Maximum number of bytes that wait for a slow reader of a pipe. */
const MAX_WAITING_BYTES = 1024 * 1024;
const RETRY_MS = 1_000;
const NEWLINE = '\n';

export interface LogDestinationOptions {
  readonly fd: number;
  /** The line that reports how many lines were lost, and why. */
  readonly describeLoss: (lines: number, cause: string) => string;
}

/**
 * Writes a log without ever blocking or ending the process: on a full disk, or into a pipe that nobody reads, lines are
 * dropped and counted. When writing works again, the first line reports the loss.
 */
export class LogDestination implements DestinationStream {
  readonly #options: LogDestinationOptions;
  #waiting: string[] = [];
  #waitingBytes = 0;
  /** The bytes of the write in progress. */
  #unconfirmed: Buffer | undefined;
  #scheduled: NodeJS.Immediate | NodeJS.Timeout | undefined;
  #cause = '';
  #lost = 0;
  #lostTotal = 0;

  constructor(options: LogDestinationOptions) {
    this.#options = options;
  }

  get lostLines(): number {
    return this.#lostTotal;
  }

  write(line: string): void {
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#lose(1, 'its reader is too slow, or has stopped');
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#unconfirmed !== undefined || this.#scheduled !== undefined) return;
    this.#schedule();
  }

  /**
   * For the last lines of a process. The bytes of a write in progress are written again, because the process may end
   * before that write: a duplicate line is better than a lost one.
   */
  flushSync(): void {
    const unconfirmed = this.#unconfirmed;
    if (unconfirmed === undefined && this.#waiting.length === 0) return;
    this.#unschedule();
    const { text, lines, reported } = this.#take();
    try {
      if (unconfirmed !== undefined) writeAllSync(this.#options.fd, unconfirmed);
      writeAllSync(this.#options.fd, Buffer.from(text));
      this.#lost -= reported;
    } catch (error) {
      // EAGAIN too: the reader of a full pipe is not waited for.
      this.#lose(lines, (error as Error).message);
    }
  }

  #schedule(): void {
    const run = () => {
      this.#scheduled = undefined;
      this.#flush();
    };
    // A full disk is not retried for every line.
    this.#scheduled = this.#lost > 0 ? setTimeout(run, RETRY_MS).unref() : setImmediate(run);
  }

  #unschedule(): void {
    if (this.#scheduled === undefined) return;
    clearImmediate(this.#scheduled as NodeJS.Immediate);
    clearTimeout(this.#scheduled as NodeJS.Timeout);
    this.#scheduled = undefined;
  }

  #flush(): void {
    const { text, lines, reported } = this.#take();
    this.#writeAll(Buffer.from(text), error => {
      this.#unconfirmed = undefined;
      if (error === undefined) this.#lost -= reported;
      else this.#lose(lines, error.message);
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #writeAll(bytes: Buffer, done: (error?: Error) => void): void {
    this.#unconfirmed = bytes;
    write(this.#options.fd, bytes, (error, written) => {
      // A non-blocking pipe is full; its reader will empty it sooner or later.
      if (error?.code === 'EAGAIN') setTimeout(() => this.#writeAll(bytes, done), 50).unref();
      else if (error) done(error);
      else if (written < bytes.length) this.#writeAll(bytes.subarray(written), done);
      else done();
    });
  }

  /** All waiting lines, after a report of lost lines. A line that the failure cut off is terminated first. */
  #take(): { text: string; lines: number; reported: number } {
    const reported = this.#lost;
    const lines = this.#waiting;
    const text = lines.join('');
    this.#waiting = [];
    this.#waitingBytes = 0;
    const notice = reported === 0 ? '' : `${NEWLINE}${this.#options.describeLoss(reported, this.#cause)}${NEWLINE}`;
    return { text: notice + text, lines: lines.length, reported };
  }

  #lose(lines: number, cause: string): void {
    this.#lost += lines;
    this.#lostTotal += lines;
    this.#cause = cause;
  }
}

function writeAllSync(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
