import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type TemporaryDirectory, temporaryDirectory } from '@athanor/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf, keyOf } from '../digest.js';
import { openFileStore } from './file.js';

let directory: TemporaryDirectory;
let url: string;

beforeEach(async () => {
  directory = await temporaryDirectory('file-store');
  url = pathToFileURL(directory.path).href;
});
afterEach(() => directory.remove());

const leftovers = () => readdir(join(directory.path, 'tmp'));

async function drain(content: AsyncIterable<Uint8Array>): Promise<{ byteSize: number; error: unknown }> {
  let byteSize = 0;
  try {
    for await (const chunk of content) byteSize += chunk.length;
    return { byteSize, error: undefined };
  } catch (error) {
    return { byteSize, error };
  }
}

test('a flipped bit is found on reading, and the last piece is withheld', async () => {
  const store = await openFileStore(url);
  const bytes = randomBytes(600_000);
  const { digest } = await store.put(bytes);
  const path = join(directory.path, keyOf(digest));
  const rotten = await readFile(path);
  rotten[100]! ^= 1;
  await writeFile(path, rotten);
  const { byteSize, error } = await drain(store.get(digest));
  expect(error).toMatchObject({ kind: 'corrupt', expected: digest, found: digestOf(rotten) });
  expect(byteSize).toBeLessThan(bytes.length);
  expect((await drain(store.get(digest, { offset: 599_999 }))).byteSize).toBe(0);
});

test('a truncated or extended blob is corrupt; writing it again repairs it', async () => {
  const store = await openFileStore(url);
  const bytes = randomBytes(1000);
  const { digest } = await store.put(bytes);
  const path = join(directory.path, keyOf(digest));
  for (const size of [10, 5000]) {
    await truncate(path, size);
    await expect(store.read(digest)).rejects.toMatchObject({ kind: 'corrupt' });
    await store.put(bytes);
    expect(bytes.equals(await store.read(digest))).toBe(true);
  }
});

test('files left by dead writers are removed at open, files being written are not', async () => {
  const store = await openFileStore(url);
  await store.close();
  await writeFile(join(directory.path, 'tmp', 'old'), 'x');
  await writeFile(join(directory.path, 'tmp', 'young'), 'x');
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  await utimes(join(directory.path, 'tmp', 'old'), twoHoursAgo, twoHoursAgo);
  await openFileStore(url);
  expect(await leftovers()).toEqual(['young']);
});

test('a disk that fills up while writing is a typed error and leaves the store as it was', async () => {
  const enospc = () =>
    Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  const openFile = async (path: string, flags: string): Promise<FileHandle> => {
    const file = await open(path, flags);
    file.sync = enospc;
    return file;
  };
  const store = await openFileStore(url, { openFile });
  const bytes = randomBytes(100);
  await expect(store.put(bytes)).rejects.toMatchObject({ kind: 'storage_full' });
  expect(await store.stat(digestOf(bytes))).toBeUndefined();
  expect(await leftovers()).toEqual([]);
});

function mountTinyDisk(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a full disk refuses the blob, keeps the others and works again when there is space', async context => {
  const disk = join(directory.path, 'disk');
  await mkdir(disk);
  if (!mountTinyDisk(disk)) return context.skip('mounting a small tmpfs needs root');
  try {
    const store = await openFileStore(pathToFileURL(disk).href);
    const kept = await store.put(randomBytes(50_000));
    await expect(store.put(randomBytes(400_000))).rejects.toMatchObject({ kind: 'storage_full' });
    expect(await store.read(kept.digest)).toHaveLength(50_000);
    expect(await readdir(join(disk, 'tmp'))).toEqual([]);
    expect((await store.put(randomBytes(100_000))).byteSize).toBe(100_000);
  } finally {
    execFileSync('umount', [disk]);
  }
});

test('a relative URL is refused with what was expected', async () => {
  await expect(openFileStore('file:blobs')).rejects.toThrow('expected file:///absolute/folder');
});
