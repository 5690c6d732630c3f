import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { LAPTOP_SERVICES, type LaptopService, TENANT_PERMISSIONS } from '@athanor/contracts';
import { createApiKey } from '@athanor/service/api-keys';
import { type Home, readJsonFile, writePrivateFile } from './home.js';
import { addKey } from './keys.js';

/** The tenant of a mesh on a laptop. */
const TENANT = 'default';

export interface Secrets {
  readonly apiKey: string;
  readonly tenant: string;
  readonly natsPasswords: Readonly<Record<LaptopService, string>>;
}

interface StoredKey {
  readonly apiKey: string;
  readonly tenant: string;
}

/** Creates the home's secrets at its first start, and reads them later. */
export async function openSecrets(home: Home): Promise<Secrets> {
  if (!(await exists(home.meshSecretFile))) await writePrivateFile(home.meshSecretFile, randomSecret());
  const natsPasswords =
    (await readJsonFile<Secrets['natsPasswords']>(home.natsPasswordsFile)) ?? (await createPasswords(home));
  const stored = (await readJsonFile<StoredKey>(home.credentialsFile)) ?? (await createKey(home));
  return { ...stored, natsPasswords };
}

async function createPasswords(home: Home): Promise<Secrets['natsPasswords']> {
  const passwords = Object.fromEntries(LAPTOP_SERVICES.map(name => [name, randomSecret()])) as Secrets['natsPasswords'];
  await writePrivateFile(home.natsPasswordsFile, JSON.stringify(passwords));
  return passwords;
}

async function createKey(home: Home): Promise<StoredKey> {
  const { key, entry } = createApiKey({
    tenant: TENANT,
    permissions: [...TENANT_PERMISSIONS],
    note: 'created by athanor up',
  });
  // The keys file first: a valid key that nobody knows is harmless, a known credential that is refused is not.
  await addKey(home, entry);
  const stored = { apiKey: key, tenant: TENANT };
  await writePrivateFile(home.credentialsFile, JSON.stringify(stored, null, 2));
  return stored;
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
