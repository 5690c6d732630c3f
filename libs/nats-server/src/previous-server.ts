/*
 * The server that last used a data folder. Two servers on one JetStream folder corrupt it, so an orphan (whose parent
 * and guard were both killed) is ended before a new one starts.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isRunning, type ProcessIdentity } from '@athanor/process';

const identityFile = (dataDir: string) => join(dataDir, 'server.json');
const END_TIMEOUT_MS = 5_000;

export async function recordServer(dataDir: string, pid: number): Promise<void> {
  const temporary = `${identityFile(dataDir)}.tmp`;
  await writeFile(temporary, JSON.stringify(identifyProcess(pid) ?? null));
  await rename(temporary, identityFile(dataDir));
}

export async function endPreviousServer(dataDir: string): Promise<void> {
  const previous = await readIdentity(dataDir);
  if (!previous || !isRunning(previous)) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(previous.pid, signal);
    const deadline = performance.now() + END_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (!isRunning(previous)) return;
      await sleep(20);
    }
  }
  throw new Error(`process ${previous.pid} uses ${dataDir} and does not exit; kill it, then start again`);
}

async function readIdentity(dataDir: string): Promise<ProcessIdentity | undefined> {
  try {
    return (JSON.parse(await readFile(identityFile(dataDir), 'utf8')) as ProcessIdentity | null) ?? undefined;
  } catch {
    return undefined; // never started here, or killed while writing: then no server ran for long enough to matter
  }
}
