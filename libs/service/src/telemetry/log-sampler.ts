import type { Logger, LoggerOptions } from 'pino';

/** Lines of one kind that are written in each interval; what comes after them is counted. */
const MAX_LINES = 20;
const INTERVAL_MS = 10_000;
const MAX_KINDS = 1_000;
/** pino's level "info": finer ones are asked for by name, to see every line. */
const INFO = 30;

interface Kind {
  count: number;
  /** Writes how many were left out. */
  report: (leftOut: number) => void;
}

/**
 * Bounds what callers can make a service log. Lines are of one kind when message, method and status are the same; beyond the
 * first ones of an interval they become one line that says how many there were.
 */
export class LogSampler {
  readonly #kinds = new Map<string, Kind>();
  #timer: NodeJS.Timeout | undefined;

  readonly hooks: NonNullable<LoggerOptions['hooks']> = {
    logMethod: (() => {
      const sampler = this;
      return function (this: Logger, args, method, level) {
        if (level < INFO || sampler.#admits(this, args, method)) method.apply(this, args);
      };
    })(),
  };

  /** Reports what was left out so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { count, report } of kinds) if (count > MAX_LINES) report(count - MAX_LINES);
  }

  #admits(log: Logger, args: readonly unknown[], method: (...args: never[]) => void): boolean {
    const { key, message, fields } = kindOf(args);
    const known = this.#kinds.get(key);
    if (known !== undefined) {
      known.count++;
      return known.count <= MAX_LINES;
    }
    if (this.#kinds.size >= MAX_KINDS) return false;
    const report = (leftOut: number) =>
      (method as (...args: unknown[]) => void).call(
        log,
        { ...fields, of: message, leftOut },
        'repeated lines left out',
      );
    this.#kinds.set(key, { count: 1, report });
    this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS).unref();
    return true;
  }
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
