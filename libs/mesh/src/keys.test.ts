import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey } from '@athanor/service';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHome, type Home } from './home.js';
import { addKey, readKeys, removeKey } from './keys.js';
import { openSecrets } from './secrets.js';

let home: Home;
beforeEach(async () => {
  home = await createHome(await mkdtemp(join(tmpdir(), 'keys-')));
});
afterEach(() => rm(home.root, { recursive: true }));

const newEntry = () => createApiKey({ tenant: 'acme', permissions: ['models.infer'] }).entry;

it('keeps all keys of concurrent creations, readable by the owner only', async () => {
  const entries = Array.from({ length: 8 }, newEntry);
  await Promise.all(entries.map(entry => addKey(home, entry)));
  const ids = (await readKeys(home))?.map(({ id }) => id);
  expect(new Set(ids)).toEqual(new Set(entries.map(({ id }) => id)));
  expect((await stat(home.apiKeysFile)).mode & 0o077).toBe(0);
});

it('removes one by its id, and reports a missing one', async () => {
  const entry = newEntry();
  await addKey(home, entry);
  expect(await removeKey(home, '00000000')).toBeUndefined();
  expect(await removeKey(home, entry.id)).toEqual(entry);
  expect(await readKeys(home)).toEqual([]);
});

it('bug: a home that lost its credentials got a new key, and lost all others', async () => {
  const entry = newEntry();
  await openSecrets(home);
  await addKey(home, entry);
  await rm(home.credentialsFile);
  await openSecrets(home);
  expect(await readFile(home.apiKeysFile, 'utf8')).toContain(entry.hash);
  expect(await readKeys(home)).toHaveLength(3);
});
