import { pathToFileURL } from 'node:url';
import type { TestCredentials } from './test-credentials.js';

export interface TestEnvironmentOptions {
  readonly credentials: TestCredentials;
  readonly nats: { readonly url: string; readonly user: string; readonly password: string };
  /** For blobs, and for the database unless a URL is given. */
  readonly folder: string;
  readonly databaseUrl?: string;
}

/** The variables of a service under test: free ports, database and blobs in a folder, log level fatal. */
export function testEnvironment({
  credentials,
  nats,
  folder,
  databaseUrl,
}: TestEnvironmentOptions): Record<string, string> {
  const folderUrl = pathToFileURL(folder).href;
  return {
    ...credentials.environment,
    ATHANOR_NATS_URL: nats.url,
    ATHANOR_NATS_USER: nats.user,
    ATHANOR_NATS_PASSWORD: nats.password,
    ATHANOR_DATABASE_URL: databaseUrl ?? `${folderUrl.replace('file:', 'pglite:')}/database`,
    ATHANOR_BLOB_URL: `${folderUrl}/blobs`,
    ATHANOR_PORT: '0',
    ATHANOR_ADMIN_PORT: '0',
    ATHANOR_LOG_LEVEL: 'fatal',
    ATHANOR_DRAIN_GRACE_MS: '2000',
  };
}
