import { appendFileSync } from 'node:fs';

/**
 * Appends lines to a file. A line that cannot be written (a full disk) is dropped: a log must not end what it tells of.
 * The first of a row of failures is reported.
 */
export function openLogFile(path: string, onProblem: (line: string) => void): (line: string) => void {
  let failing = false;
  return line => {
    try {
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
      failing = false;
    } catch (error) {
      if (!failing) onProblem(`${path} cannot be written, its lines are lost: ${(error as Error).message}`);
      failing = true;
    }
  };
}
