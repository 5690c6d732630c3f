import { readFileSync } from 'node:fs';

const TAIL_CHARS = 1_500;
/** Lines of a service that ends with a fatal error have a few more after it. */
const LINES_SEARCHED = 50;
const FATAL = 60;

interface LoggedError {
  readonly message?: string;
  readonly aggregateErrors?: readonly LoggedError[];
}

/** The messages of the last fatal error in a log from a byte on; without one the end of its text. */
export function endOfLog(logFile: string, begin = 0): string {
  try {
    const bytes = readFileSync(logFile);
    // It may have been rotated since.
    const text = bytes.subarray(begin <= bytes.length ? begin : 0).toString();
    const fatal = text.trimEnd().split('\n').slice(-LINES_SEARCHED).findLast(isFatal);
    const messages = fatal === undefined ? [] : messagesOf((JSON.parse(fatal) as { err?: LoggedError }).err);
    return messages.length > 0 ? messages.join('\n') : text.slice(-TAIL_CHARS).trim();
  } catch (error) {
    return `(it cannot be read: ${(error as Error).message})`;
  }
}

function isFatal(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    return (JSON.parse(line) as { level?: number }).level === FATAL;
  } catch {
    return false;
  }
}

function messagesOf(error: LoggedError | undefined): string[] {
  if (error?.aggregateErrors !== undefined) return error.aggregateErrors.flatMap(messagesOf);
  return error?.message === undefined ? [] : [error.message];
}
