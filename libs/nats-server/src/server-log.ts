import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const KEPT_LINES = 200;

export interface ServerLog {
  /** The last lines, oldest first. */
  tail(): readonly string[];
}

/** Keeps the end of what the server prints, bounded, so that a failure can be explained. */
export function captureLog(output: Readable, onLine?: (line: string) => void): ServerLog {
  const lines: string[] = [];
  createInterface({ input: output }).on('line', line => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine?.(line);
  });
  return { tail: () => [...lines] };
}
