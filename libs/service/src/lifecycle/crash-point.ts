// Named points at which a test kills the process as by SIGKILL (after etcd's gofail), to prove that the work before and
// after them can be resumed. Unarmed, a crash point costs one comparison.
import { readFileSync, writeFileSync } from 'node:fs';

interface Armed {
  readonly name: string;
  hitsLeft: number;
  /** A file with the number of remaining crashes across restarts of the process. */
  readonly budgetFile: string | undefined;
}

let armed: Armed | undefined;

/**
 * Arms "name" or "name:n" (crash at the n-th hit). main.ts passes ATHANOR_CRASH_POINT and ATHANOR_CRASH_BUDGET_FILE;
 * without a budget a restarted process crashes again.
 */
export function armCrashPoint(setting: string | undefined, budgetFile?: string): void {
  if (setting === undefined) return;
  const [name = '', hits = '1'] = setting.split(':');
  armed = { name, hitsLeft: Number(hits), budgetFile };
}

export function crashPoint(name: string): void {
  if (armed?.name !== name) return;
  armed.hitsLeft -= 1;
  if (armed.hitsLeft > 0 || !takeFromBudget(armed.budgetFile)) return;
  process.kill(process.pid, 'SIGKILL');
}

function takeFromBudget(file: string | undefined): boolean {
  if (file === undefined) return true;
  const left = Number(readFileSync(file, 'utf8'));
  if (left < 1) return false;
  writeFileSync(file, String(left - 1));
  return true;
}
