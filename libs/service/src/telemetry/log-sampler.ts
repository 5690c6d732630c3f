import type { Logger, LoggerOptions } from 'pino';

/** Lines of one kind that are written per interval; further ones are counted. */
const MAX_LINES = 20;
const INTERVAL_MS = 10_000;
const MAX_KINDS = 1_000;
/** pino's level "info": lower levels are enabled explicitly, to see every line. */
const INFO = 30;
const ERROR = 50;
/** Lines beyond MAX_KINDS, of whatever kind. */
const OTHER = 'other';

interface Kind {
  count: number;
  /** Number of lines that are written. */
  readonly maxLines: number;
  /** Writes how many were left out. */
  report: (leftOut: number) => void;
}

/**
 * Limits how much callers can make a service log. Lines are of one kind if message, method and status are equal; after the
 * first ones of an interval, the rest are replaced by one line with their number. Errors outside of calls are all written:
 * no caller decides how many there are, and each may name something that has to be repaired.
 */
export class LogSampler {
  readonly #kinds = new Map<string, Kind>();
  #timer: NodeJS.Timeout | undefined;

  readonly hooks: NonNullable<LoggerOptions['hooks']> = {
    logMethod: (() => {
      const sampler = this;
      return function (this: Logger, args, method, level) {
        if (level < INFO || isOwnError(level, args) || sampler.#admits(this, args, method)) method.apply(this, args);
      };
    })(),
  };

  /** Reports the lines suppressed so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { count, maxLines, report } of kinds) if (count > maxLines) report(count - maxLines);
  }

  #admits(log: Logger, args: readonly unknown[], method: (...args: never[]) => void): boolean {
    const { key, message, fields } = kindOf(args);
    const isFull = this.#kinds.size >= MAX_KINDS;
    const known = this.#kinds.get(key) ?? (isFull ? this.#kinds.get(OTHER) : undefined);
    if (known !== undefined) {
      known.count++;
      return known.count <= known.maxLines;
    }
    const report = (leftOut: number) =>
      (method as (...args: unknown[]) => void).call(
        log,
        isFull ? { of: OTHER, leftOut } : { ...fields, of: message, leftOut },
        'repeated lines suppressed',
      );
    const maxLines = isFull ? 0 : MAX_LINES;
    this.#kinds.set(isFull ? OTHER : key, { count: 1, maxLines, report });
    this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS).unref();
    return maxLines > 0;
  }
}

/** Lines of calls name their method. */
function isOwnError(level: number, [first]: readonly unknown[]): boolean {
  return level >= ERROR && !(typeof first === 'object' && first !== null && 'method' in first);
}

function kindOf(args: readonly unknown[]): {
  key: string;
  message: string;
  fields: { method?: unknown; code?: unknown };
} {
  const [first, second] = args;
  if (typeof first !== 'object' || first === null) return { key: String(first), message: String(first), fields: {} };
  const { method, code } = first as { method?: unknown; code?: unknown };
  const fields = { ...(method !== undefined && { method }), ...(code !== undefined && { code }) };
  return { key: `${String(second)} ${String(method)} ${String(code)}`, message: String(second), fields };
}
