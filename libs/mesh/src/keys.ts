import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryLockedError, lockDirectory } from '@athanor/process';
import { type ApiKeyEntry, parseKeysFile } from '@athanor/service/keys-file';
import { type Home, writePrivateFile } from './home.js';

// The home's keys file, which services reload within a second of a change. Each change is one rename, under a lock.

const LOCK_ATTEMPTS = 50;
const LOCK_RETRY_MS = 100;

/** The keys of a home, by their entries; undefined if no mesh was ever started in it. */
export async function readKeys({ apiKeysFile }: Home): Promise<ApiKeyEntry[] | undefined> {
  const content = await readFile(apiKeysFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return content === undefined ? undefined : parseKeysFile(content);
}

export async function addKey(home: Home, entry: ApiKeyEntry): Promise<void> {
  await changeKeys(home, keys => [...keys, entry]);
}

/** @returns the removed entry; undefined if there is none with the id. */
export async function removeKey(home: Home, id: string): Promise<ApiKeyEntry | undefined> {
  let removed: ApiKeyEntry | undefined;
  await changeKeys(home, keys => {
    removed = keys.find(each => each.id === id);
    return keys.filter(each => each !== removed);
  });
  return removed;
}

async function changeKeys(home: Home, change: (keys: ApiKeyEntry[]) => ApiKeyEntry[]): Promise<void> {
  const lock = await lockWithRetries(home.apiKeysFile);
  try {
    const keys = change((await readKeys(home)) ?? []);
    await writePrivateFile(home.apiKeysFile, `${JSON.stringify({ keys }, null, 2)}\n`);
  } finally {
    await lock.release();
  }
}

/** A change by another command takes milliseconds. */
async function lockWithRetries(path: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await lockDirectory(path);
    } catch (error) {
      if (!(error instanceof DirectoryLockedError) || attempt === LOCK_ATTEMPTS) throw error;
      await sleep(LOCK_RETRY_MS);
    }
  }
}
