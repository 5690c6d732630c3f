import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Stub } from '@athanor/client';
import type { ModelFile } from '@athanor/contracts/registry';
import { LoadError } from '../served-models/load-error.js';
import type { FetchFiles, VersionFiles } from './model-folders.js';

const FETCH_TIMEOUT_MS = 3_600_000;

/** Fetches the files that a version is served with from the registry, and verifies their digests. */
export function filesFetcher(registry: Stub<'registry'>): FetchFiles {
  return async (version, folder) => {
    for (const file of version.files) await fetchFile(registry, version, { file, folder });
  };
}

async function fetchFile(
  registry: Stub<'registry'>,
  { versionDigest, tenant, signal, traceparent }: VersionFiles,
  { file, folder }: { readonly file: ModelFile; readonly folder: string },
): Promise<void> {
  const path = normalize(join(folder, file.name));
  if (!path.startsWith(`${folder}/`))
    throw new LoadError(`'${file.name}' is not a file name inside the model's folder`);
  await mkdir(dirname(path), { recursive: true });
  const request = { versionDigest, fileDigest: file.digest };
  const options = { tenant, signal, timeoutMs: FETCH_TIMEOUT_MS, ...(traceparent !== undefined && { traceparent }) };
  const chunks = verified(registry.readModelFile(request, options), file);
  await pipeline(Readable.from(chunks), createWriteStream(path));
}

async function* verified(
  messages: AsyncIterable<{ readonly chunk: Buffer }>,
  { name, byteSize, digest: expected }: ModelFile,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const { chunk } of messages) {
    size += chunk.length;
    if (size > byteSize) throw new LoadError(`${name}: expected ${byteSize} bytes, got more`);
    hash.update(chunk);
    yield chunk;
  }
  const digest = `sha256:${hash.digest('hex')}`;
  if (digest !== expected) throw new LoadError(`${name}: expected digest ${expected}, got ${digest}`);
}
