// Folders of imports. Their names say which process made them, so that those of a process that was killed are found.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isRunning } from '@athanor/process';

const PREFIX = 'athanor-model-import-';
const NAME = /^athanor-model-import-(\d+)-([^-]*)-/;

/** Runs work with an empty folder, and removes it whatever happens. */
export async function withScratchFolder<T>(work: (folder: string) => Promise<T>, parent = tmpdir()): Promise<T> {
  const startTime = encodeURIComponent(identifyProcess(process.pid)?.startTime ?? '').replaceAll('-', '%2D');
  const folder = await mkdtemp(join(parent, `${PREFIX}${process.pid}-${startTime}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes folders of processes that have ended. @returns how many. */
export async function removeLeftovers(parent = tmpdir()): Promise<number> {
  let removed = 0;
  for (const name of await readdir(parent)) {
    const [, pid, startTime = ''] = NAME.exec(name) ?? [];
    if (pid === undefined || isRunning({ pid: Number(pid), startTime: decodeURIComponent(startTime) })) continue;
    // Another user's folder is left to that user.
    const isRemoved = await rm(join(parent, name), { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (isRemoved) removed++;
  }
  return removed;
}
