import { createHash } from 'node:crypto';
import type { Stub } from '@athanor/client';
import { LoadError } from '../deployments/load-error.js';
import type { ModelFetcher } from '../deployments/load-version.js';

/** The model file that is served. */
const MODEL_FILE = 'model.onnx';
const FETCH_TIMEOUT_MS = 600_000;

/** Fetches a version's model from the registry and verifies its digest. */
export function modelFetcher(registry: Stub<'registry'>): ModelFetcher {
  return async ({ tenant, version, signal, traceparent }) => {
    const file = version.files.find(({ name }) => name === MODEL_FILE);
    if (file === undefined) throw new LoadError(`version ${version.digest} has no file ${MODEL_FILE}`);
    const hash = createHash('sha256');
    const chunks: Uint8Array[] = [];
    let size = 0;
    const request = { versionDigest: version.digest, fileDigest: file.digest };
    const options = { tenant, signal, timeoutMs: FETCH_TIMEOUT_MS, ...(traceparent !== undefined && { traceparent }) };
    for await (const { chunk } of registry.readModelFile(request, options)) {
      size += chunk.length;
      if (size > file.byteSize) throw new LoadError(`${MODEL_FILE}: expected ${file.byteSize} bytes, got more`);
      hash.update(chunk);
      chunks.push(chunk);
    }
    const digest = `sha256:${hash.digest('hex')}`;
    if (digest !== file.digest) throw new LoadError(`${MODEL_FILE}: expected digest ${file.digest}, got ${digest}`);
    return Buffer.concat(chunks);
  };
}
