import { appendFileSync, copyFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';

/** Maximum size of a log, and of the previous one (`.1`); older lines are dropped. */
export const MAX_LOG_BYTES = 16 * 1024 * 1024;

/**
 * Appends lines to a file. A line that cannot be written (a full disk) is dropped, because logging must not end the
 * program. The first of consecutive failures is reported.
 */
export function openLogFile(
  path: string,
  onProblem: (line: string) => void,
  maxBytes: number = MAX_LOG_BYTES,
): (line: string) => void {
  let failing = false;
  let bytes = sizeOf(path);
  return line => {
    try {
      if (bytes > maxBytes) {
        renameSync(path, `${path}.1`);
        bytes = 0;
      }
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
      bytes += Buffer.byteLength(line) + 1;
      failing = false;
    } catch (error) {
      if (!failing) onProblem(`${path} cannot be written, its lines are lost: ${(error as Error).message}`);
      failing = true;
    }
  };
}

/**
 * For a log that another process appends to: its content is moved to `.1`, and it starts empty. The writer keeps its
 * file open, so the file is copied and truncated; lines written in between are lost. On a full disk the old lines are
 * lost.
 */
export function rotateLog(path: string, maxBytes: number = MAX_LOG_BYTES): void {
  if (sizeOf(path) <= maxBytes) return;
  try {
    rmSync(`${path}.1`, { force: true });
    copyFileSync(path, `${path}.1`);
  } finally {
    truncateSync(path);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
