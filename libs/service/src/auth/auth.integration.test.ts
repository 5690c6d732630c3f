import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TemporaryDirectory, temporaryDirectory } from '@athanor/testkit';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTelemetry } from '../telemetry/index.js';
import { createTestCredentials, type TestCredentials } from '../testing/index.js';
import { createApiKey, hashApiKey } from './api-keys.js';
import { createAuthenticator } from './authenticator.js';
import { KeyRing } from './key-ring.js';
import { parseKeysFile } from './keys-file.js';
import { createTokenAuthority } from './tokens.js';

const RELOADED_MS = 1_300;
const { log } = createTelemetry({ service: 'auth-test', logLevel: 'silent' });

let folder: TemporaryDirectory;
let credentials: TestCredentials;
let ring: KeyRing;

beforeEach(async () => {
  folder = await temporaryDirectory('auth');
  credentials = await createTestCredentials(folder.path);
  ring = new KeyRing({ path: credentials.keysFile, log, keyPermissions: ['a', 'b'] });
});

afterEach(async () => {
  ring.stop();
  await folder.remove();
});

describe('API keys', () => {
  test('a key gives its permissions in its tenant', async () => {
    const key = await credentials.addKey({ tenant: 'acme', permissions: ['a'] });
    await ring.start();
    expect(ring.verify(key)).toMatchObject({ kind: 'key', tenant: 'acme', permissions: new Set(['a']) });
  });

  test('"*" means every permission that a key may have', async () => {
    const key = await credentials.addKey({ tenant: 'acme', permissions: ['*'] });
    await ring.start();
    expect(ring.verify(key)?.permissions).toEqual(new Set(['a', 'b']));
  });

  test('an unknown key, a wrong secret and an expired key are refused', async () => {
    const key = await credentials.addKey({ tenant: 'acme' });
    const expired = await credentials.addKey({ tenant: 'acme', expires: '2020-01-01T00:00:00Z' });
    await ring.start();
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    for (const bad of [createApiKey({ tenant: 'acme', permissions: ['a'] }).key, wrong, expired, expired, '']) {
      expect(ring.verify(bad)).toBeUndefined();
    }
  });

  test('a key expires while the service runs', async () => {
    const key = await credentials.addKey({ tenant: 'acme', expires: new Date(Date.now() + 200).toISOString() });
    await ring.start();
    expect(ring.verify(key)).toBeDefined();
    await sleep(250);
    expect(ring.verify(key)).toBeUndefined();
  });

  test('keys added and removed take effect without a restart; a broken file keeps the old ones', async () => {
    const first = await credentials.addKey({ tenant: 'acme' });
    await ring.start();
    expect(ring.verify(first)).toBeDefined();
    await writeFile(credentials.keysFile, '{"keys": [');
    await sleep(RELOADED_MS);
    expect(ring.verify(first)).toBeDefined();
    const second = await credentials.addKey({ tenant: 'acme' });
    await sleep(RELOADED_MS);
    expect(ring.verify(second)).toBeDefined();
    await credentials.removeKeys();
    await sleep(RELOADED_MS);
    expect(ring.verify(first)).toBeUndefined();
    expect(ring.verify(second)).toBeUndefined();
  });

  test('the file holds no secret', async () => {
    const key = await credentials.addKey({ tenant: 'acme' });
    const content = await readFile(credentials.keysFile, 'utf8');
    // The secret may contain "_", so it is not what lies between two of them.
    const [, secret] = /^athanor_[0-9a-f]{8}_(.{43})$/.exec(key) ?? expect.fail('not a key');
    expect(content).not.toContain(secret);
    expect(parseKeysFile(content)[0]?.hash).toBe(hashApiKey(key));
  });

  test('bug: the error for an unreadable keys file at start-up did not name the file or a remedy', async () => {
    const missing = new KeyRing({ path: `${folder.path}/none.json`, log, keyPermissions: [] });
    await expect(missing.start()).rejects.toThrow(/API_KEYS_FILE.*none\.json.*no such file/);
    await writeFile(credentials.keysFile, '{"keys":[{"id":"x"}]}');
    await expect(ring.start()).rejects.toThrow(/API_KEYS_FILE.*keys\.0\.id: expected 8 hexadecimal digits/);
  });

  test('bug: a broken keys file was logged every second', async () => {
    const lines: string[] = [];
    const observed = createTelemetry({
      service: 'auth-test',
      logDestination: { write: line => void lines.push(line) },
    });
    const noisy = new KeyRing({ path: credentials.keysFile, log: observed.log, keyPermissions: [] });
    await noisy.start();
    await writeFile(credentials.keysFile, 'broken');
    await sleep(3_300);
    noisy.stop();
    expect(lines).toHaveLength(1);
  });
});

describe('tokens', () => {
  const secret = new TextEncoder().encode('x'.repeat(40));
  const tokens = createTokenAuthority(secret);
  const sign = (claims: Record<string, unknown>, subject = 'ingest', audience = 'athanor-mesh') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setSubject(subject).setAudience(audience).setIssuedAt();

  test("a service's token carries tenant and actor, and its own few permissions", async () => {
    const principal = await tokens.verify(await tokens.serviceToken('training', { tenant: 'acme', actor: 'key:1' }));
    expect(principal).toEqual({
      ...{ kind: 'service', id: 'training', tenant: 'acme', actor: 'key:1' },
      permissions: new Set(['datasets.read', 'models.read']),
    });
  });

  test('a service that acts for itself has no tenant', async () => {
    const principal = await tokens.verify(await tokens.serviceToken('inference'));
    expect(principal).toMatchObject({ tenant: undefined, actor: 'service:inference' });
  });

  test("an attempt's token has the permission to run attempts and no other", async () => {
    const principal = await tokens.verify(await tokens.attemptToken('attempt-1', 'acme'));
    expect(principal).toMatchObject({ kind: 'attempt', id: 'attempt-1', permissions: new Set(['attempts.run']) });
  });

  test('a token that was modified, signed by another mesh, expired, for another audience or without expiry is refused', async () => {
    const good = await tokens.serviceToken('training');
    const [head, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, tenant: 'other' })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    const bad = [
      `${head}.${changed}.${signature}`,
      `${unsigned}.${payload}.`,
      await createTokenAuthority(new TextEncoder().encode('y'.repeat(40))).serviceToken('training'),
      await sign({}).setExpirationTime('-1s').sign(secret),
      await sign({}, 'ingest', 'elsewhere').setExpirationTime('1h').sign(secret),
      await sign({}).sign(secret),
      'no token at all',
    ];
    for (const token of bad) expect(await tokens.verify(token)).toBeUndefined();
  });
});

describe('the authenticator', () => {
  test('the error says what to send if the header is missing or not a bearer token', async () => {
    await ring.start();
    const authenticate = createAuthenticator(ring, credentials.tokens);
    expect(() => authenticate(undefined)).toThrow(/no credential.*authorization: Bearer <API key>/);
    expect(() => authenticate('Basic abc')).toThrow(/not "Bearer <API key>"/);
    await expect(async () => authenticate('Bearer nonsense')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('accepts keys and tokens; "bearer" is case-insensitive', async () => {
    const key = await credentials.addKey({ tenant: 'acme' });
    await ring.start();
    const authenticate = createAuthenticator(ring, credentials.tokens);
    expect(await authenticate(`bearer ${key}`)).toMatchObject({ kind: 'key' });
    expect(await authenticate(`Bearer ${await credentials.tokens.serviceToken('ingest')}`)).toMatchObject({
      kind: 'service',
    });
  });
});
