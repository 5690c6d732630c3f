import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TENANT_PERMISSIONS } from '@athanor/contracts';
import {
  type ApiKeyEntry,
  createApiKey,
  createTokenAuthority,
  loadMeshSecret,
  type TokenAuthority,
} from '../auth/index.js';

export interface TestKey {
  readonly tenant: string;
  /** Default: all permissions of a tenant's administrator. */
  readonly permissions?: readonly string[];
  /** ISO date and time. */
  readonly expires?: string;
}

export interface TestCredentials {
  /** Variables that point to the files. */
  readonly environment: Readonly<Record<string, string>>;
  readonly keysFile: string;
  /** Signs like the mesh's services do. */
  readonly tokens: TokenAuthority;
  /** Adds a key to the keys file; a running service picks it up within a second. */
  addKey(key: TestKey): Promise<string>;
  removeKeys(): Promise<void>;
}

export async function createTestCredentials(folder: string): Promise<TestCredentials> {
  const keysFile = join(folder, 'api-keys.json');
  const secretFile = join(folder, 'mesh-secret');
  const entries: ApiKeyEntry[] = [];
  const write = () => writeFile(keysFile, JSON.stringify({ keys: entries }));
  await writeFile(secretFile, randomBytes(32).toString('base64url'));
  await write();
  return {
    environment: { ATHANOR_API_KEYS_FILE: keysFile, ATHANOR_MESH_SECRET_FILE: secretFile },
    keysFile,
    tokens: createTokenAuthority(await loadMeshSecret(secretFile)),
    async addKey({ tenant, permissions = TENANT_PERMISSIONS, expires }) {
      const { key, entry } = createApiKey({ tenant, permissions: [...permissions] });
      entries.push({ ...entry, ...(expires !== undefined && { expires }) });
      await write();
      return key;
    },
    async removeKeys() {
      entries.length = 0;
      await write();
    },
  };
}
