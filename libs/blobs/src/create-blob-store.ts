import type { BlobStore } from './blob-store.js';
import { openFileStore } from './drivers/file.js';
import type { S3StoreOptions } from './drivers/s3.js';

export interface BlobStoreOptions {
  readonly s3?: S3StoreOptions;
}

const OPENERS: { readonly [scheme: string]: (url: string, options: BlobStoreOptions) => Promise<BlobStore> } = {
  file: url => openFileStore(url),
  // Loaded on demand, because the SDK takes several hundred milliseconds to load.
  s3: async (url, options) => (await import('./drivers/s3.js')).openS3Store(url, options.s3),
};

/**
 * @param url `file:///absolute/folder` or `s3://bucket/prefix`. It contains no credentials, because URLs end up in
 * logs.
 */
export function createBlobStore(url: string, options: BlobStoreOptions = {}): Promise<BlobStore> {
  const scheme = url.slice(0, url.indexOf(':'));
  const open = OPENERS[scheme];
  if (!open)
    throw new Error(`blob URL begins with ${JSON.stringify(scheme)}: expected ${Object.keys(OPENERS).join(' or ')}`);
  return open(url, options);
}
