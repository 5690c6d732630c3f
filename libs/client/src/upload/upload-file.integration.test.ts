// Uploads to a real gRPC server that breaks off streams, as networks do.
import { createHash } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findMessage } from '@athanor/contracts';
import { Metadata, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, startFakeServer } from '../fake-server.testkit.js';
import { createStub, type Stub } from '../rpc/stub.js';
import { uploadFile } from './upload-file.js';

const CHUNK = 256 * 1024;

const BUSY_FOR_MS = 900;

let server: FakeServer;
let stub: Stub<'ingest'>;
let path: string;
let content: Buffer;

/** Stores what it receives. `cutAfter`: bytes after which each stream is broken off. */
const store = {
  bytes: Buffer.alloc(0),
  size: 0,
  cutAfter: Number.POSITIVE_INFINITY,
  writes: 0,
  unavailable: 0,
  busy: 0,
  requestIds: [] as string[],
};
const upload = () => ({
  upload: {
    ...{ uploadId: 'u', byteSize: store.size, committedOffset: store.bytes.length },
    state: store.bytes.length === store.size ? 'STATE_COMPLETE' : 'STATE_ACTIVE',
  },
});

beforeEach(async () => {
  Object.assign(store, {
    bytes: Buffer.alloc(0),
    cutAfter: Number.POSITIVE_INFINITY,
    writes: 0,
    unavailable: 0,
    busy: 0,
    requestIds: [],
  });
  server = await startFakeServer('ingest', {
    CreateUpload(call, callback) {
      store.size = (call.request as { byteSize: number }).byteSize;
      store.requestIds.push(String(call.metadata.get('x-request-id')[0] ?? ''));
      callback(null, upload());
    },
    GetUpload(_call, callback) {
      if (store.unavailable-- > 0) callback({ code: 14, details: 'unavailable' });
      else callback(null, upload());
    },
    WriteUpload(call, callback) {
      store.writes++;
      if (store.busy-- > 0) return callback(busy());
      let received = 0;
      let ended = false;
      let first = true;
      call.on('data', ({ chunk, offset }: { chunk: Buffer; offset: number }) => {
        if (ended) return;
        // Like the real service: gRPC may retry a stream by itself.
        if (first && offset !== store.bytes.length) {
          ended = true;
          return callback({ code: 11, details: 'wrong offset' });
        }
        first = false;
        store.bytes = Buffer.concat([store.bytes, chunk]);
        received += chunk.length;
        if (received < store.cutAfter) return;
        ended = true;
        callback({ code: 14, details: 'cut off' });
      });
      call.on('end', () => ended || callback(null, upload()));
    },
  });
  stub = createStub('ingest', { address: server.address, credential: 'k' });
  path = join(server.folder, 'file.bin');
  content = Buffer.alloc(9 * CHUNK + 17, 'abcdefg');
  await writeFile(path, content);
});

afterEach(async () => {
  stub.close();
  await server.stop();
});

/** Like a service that refuses a request because of its memory limit. */
function busy() {
  const retry = findMessage('google.rpc.RetryInfo').serialize({
    retryDelay: { seconds: 0, nanos: BUSY_FOR_MS * 1e6 },
  });
  const details = [{ type_url: 'type.googleapis.com/google.rpc.RetryInfo', value: retry }];
  const metadata = new Metadata();
  const bytes = findMessage('google.rpc.Status').serialize({ code: 8, message: 'busy', details });
  metadata.set('grpc-status-details-bin', bytes);
  return { code: status.RESOURCE_EXHAUSTED, details: 'busy', metadata };
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('uploadFile', () => {
  test('sends a whole file and reports progress', async () => {
    const progress: number[] = [];
    await uploadFile(stub, path, { onProgress: sent => progress.push(sent) });
    expect(digest(store.bytes)).toBe(digest(content));
    expect(progress.at(-1)).toBe(content.length);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(store.writes).toBe(1);
  });

  test("resumes at the server's offset after a stream broke off", async () => {
    store.cutAfter = 4 * CHUNK;
    await uploadFile(stub, path);
    expect(digest(store.bytes)).toBe(digest(content));
  });

  test('bug: many interruptions ended the upload, although each stream had made progress', async () => {
    store.cutAfter = CHUNK;
    await uploadFile(stub, path);
    expect(digest(store.bytes)).toBe(digest(content));
  }, 20_000);

  test('bug: a server that was unavailable for a little longer ended the upload', async () => {
    store.cutAfter = 5 * CHUNK;
    store.unavailable = 6;
    await uploadFile(stub, path);
    expect(digest(store.bytes)).toBe(digest(content));
  }, 20_000);

  test('bug: a server that was out of memory for a moment, and gave a retry delay, ended the upload', async () => {
    store.busy = 2;
    const begin = performance.now();
    await uploadFile(stub, path);
    expect(digest(store.bytes)).toBe(digest(content));
    expect(performance.now() - begin).toBeGreaterThanOrEqual(2 * BUSY_FOR_MS);
  });

  test('gives up without progress', async () => {
    store.cutAfter = 0;
    await expect(uploadFile(stub, path)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'cut off' });
  }, 20_000);

  test('bug: a file that became shorter during the upload was resent without end', async () => {
    store.cutAfter = 4 * CHUNK;
    const shrink = async () => {
      while (store.writes < 1) await new Promise(resolve => setTimeout(resolve, 5));
      await truncate(path, CHUNK);
    };
    const [result] = await Promise.allSettled([uploadFile(stub, path), shrink()]);
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/file\.bin.*changed while it was sent/) },
    });
  }, 20_000);

  test('ends at once when it is aborted, and is not retried', async () => {
    const abort = new AbortController();
    const call = uploadFile(stub, path, { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(store.writes).toBeLessThanOrEqual(1);
  });

  test("bug: the idempotency key was sent as the calls' request id too, which refuses characters that a key may have", async () => {
    await uploadFile(stub, path, { requestId: 'schlüssel 1' });
    expect(store.requestIds).toEqual(['']);
  });
});
