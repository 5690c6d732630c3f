import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const KEPT_LINES = 200;

export interface ServerLog {
  /** The last lines, oldest first. */
  tail(): readonly string[];
}

/** Keeps the last lines of the server's output, to explain a failure. */
export function captureLog(output: Readable, onLine?: (line: string) => void): ServerLog {
  const lines: string[] = [];
  createInterface({ input: output }).on('line', line => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine?.(line);
  });
  return { tail: () => [...lines] };
}
