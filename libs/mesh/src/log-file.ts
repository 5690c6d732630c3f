import { appendFileSync, copyFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';

/** Of a log, and of the one before it (`.1`); older lines are dropped. */
export const MAX_LOG_BYTES = 16 * 1024 * 1024;

/**
 * Appends lines to a file. A line that cannot be written (a full disk) is dropped: a log must not end what it tells of.
 * The first of a row of failures is reported.
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
 * For a log that another process appends to: what is in it moves to `.1`, and it begins anew. The writer keeps its open file,
 * so the file is copied and cut; lines written between the two are lost. On a full disk the old lines are.
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
