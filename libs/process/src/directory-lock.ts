/*
 * An exclusive lock on a folder: the file `<folder>.lock` with its holder's pid and start time. It is created by
 * link(2) with its content, so it is never read half-written. The lock of a dead process is taken over; if several try,
 * only the one that holds `<lock>.takeover` may, after it has checked again.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';

export interface DirectoryLock {
  release(): Promise<void>;
}

export class DirectoryLockedError extends Error {
  override readonly name = 'DirectoryLockedError';
  readonly directory: string;
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(
      `${directory} is in use by process ${pid}; one process at a time can have it. ` +
        'Stop that one first, or choose another folder.',
    );
    this.directory = directory;
    this.pid = pid;
  }
}

const TAKEOVER_POLL_MS = 20;

/** @throws DirectoryLockedError with the living holder, which may be this process. */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = `${directory}.lock`;
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, JSON.stringify(identifyProcess(process.pid)));
  try {
    for (;;) {
      if (await linkUnlessPresent(temporary, path)) break;
      const holder = await readHolder(path);
      if (!holder) continue; // it was just released
      if (isRunning(holder)) throw new DirectoryLockedError(directory, holder.pid);
      if (await takeOver(path, holder, temporary)) break;
      await sleep(TAKEOVER_POLL_MS);
    }
  } finally {
    await rm(temporary, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
}

/** @returns false if somebody else is taking over or has done so. */
async function takeOver(path: string, dead: ProcessIdentity, temporary: string): Promise<boolean> {
  const permit = await lockDirectory(`${path}.takeover`).catch(error => {
    if (error instanceof DirectoryLockedError) return undefined;
    throw error;
  });
  if (!permit) return false;
  try {
    const holder = await readHolder(path);
    if (holder?.pid !== dead.pid || holder.startTime !== dead.startTime) return false;
    await rename(temporary, path);
    return true;
  } finally {
    await permit.release();
  }
}

async function linkUnlessPresent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns undefined if there is no lock; a file without a holder (disk full, edited by hand) has a dead holder. */
async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  const nobody: ProcessIdentity = { pid: 0, startTime: '' };
  try {
    return { ...nobody, ...(JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity) };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : nobody;
  }
}
