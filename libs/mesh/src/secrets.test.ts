import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashApiKey, parseKeysFile } from '@athanor/service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHome, type Home } from './home.js';
import { openSecrets } from './secrets.js';

let home: Home;

beforeEach(async () => {
  home = await createHome(await mkdtemp(join(tmpdir(), 'athanor-secrets-')));
});
afterEach(() => rm(home.root, { recursive: true, force: true }));

describe('the secrets of a home', () => {
  it('are created once and reused', async () => {
    const first = await openSecrets(home);
    expect(await openSecrets(home)).toEqual(first);
  });

  it('contain the API key for its owner, and only its hash for the services', async () => {
    const { apiKey } = await openSecrets(home);
    const content = await readFile(home.apiKeysFile, 'utf8');
    expect(content).not.toContain(apiKey);
    expect(parseKeysFile(content)[0]?.hash).toBe(hashApiKey(apiKey));
  });

  it('can be read by their owner only', async () => {
    await openSecrets(home);
    for (const file of [home.apiKeysFile, home.credentialsFile, home.meshSecretFile, home.natsPasswordsFile]) {
      expect((await stat(file)).mode & 0o077).toBe(0);
    }
    expect((await stat(home.root)).mode & 0o077).toBe(0);
  });

  it('give the key no permission reserved for services and attempts', async () => {
    await openSecrets(home);
    const [entry] = parseKeysFile(await readFile(home.apiKeysFile, 'utf8'));
    expect(entry?.permissions).toContain('models.promote');
    expect(entry?.permissions).not.toContain('attempts.run');
    expect(entry?.permissions).not.toContain('deployments.serve');
  });
});
