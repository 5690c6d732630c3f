/*
 * The contract, for every driver.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { startS3, temporaryDirectory } from '@athanor/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { type BlobStore, createBlobStore, digestOf } from './index.js';

const directory = await temporaryDirectory('blobs');
const s3 = await startS3();
const fileStore = await createBlobStore(pathToFileURL(directory.path).href);
const s3Store = s3.available
  ? await createBlobStore(`s3://${s3.bucket}/${randomUUID()}`, {
      s3: { endpoint: s3.endpoint, region: s3.region, credentials: s3 },
    })
  : undefined;

afterAll(async () => {
  await fileStore.close();
  await s3Store?.close();
  await directory.remove();
  if (s3.available) await s3.stop();
});

const drivers: readonly { name: string; store: BlobStore | undefined }[] = [
  { name: 'file', store: fileStore },
  { name: s3.available ? 's3' : s3.reason, store: s3Store },
];

describe.each(drivers)('$name', ({ store }) => {
  describe.skipIf(!store)('blob store', () => contract(store!));
});

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) yield bytes.subarray(offset, offset + pieceBytes);
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function contract(store: BlobStore): void {
  test('answers its health check', () => store.check());

  test('the name of "abc" is the digest of FIPS 180-4, and its bytes can be read', async () => {
    const digest = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await store.put(Buffer.from('abc'))).toEqual({ digest, byteSize: 3 });
    expect(Buffer.from(await store.read(digest)).toString()).toBe('abc');
    expect(await store.stat(digest)).toEqual({ digest, byteSize: 3 });
  });

  test('an empty blob is a blob', async () => {
    const { digest, byteSize } = await store.put(new Uint8Array());
    expect(byteSize).toBe(0);
    expect(await store.read(digest)).toHaveLength(0);
  });

  test('a stream larger than one part can be read completely and from an offset', async () => {
    const bytes = randomBytes(9 * 1024 * 1024 + 17);
    const { digest } = await store.put(inPieces(bytes, 1_000_003), { expectedDigest: digestOf(bytes) });
    expect(bytes.equals(await store.read(digest))).toBe(true);
    expect(bytes.subarray(5_000_001).equals(await collect(store.get(digest, { offset: 5_000_001 })))).toBe(true);
    expect(await collect(store.get(digest, { offset: bytes.length }))).toHaveLength(0);
  });

  test('bytes with an unexpected digest are refused and not stored', async () => {
    const announced = digestOf(Buffer.from('announced'));
    const sent = Buffer.from(randomUUID());
    const error = await store.put(sent, { expectedDigest: announced }).catch(e => e);
    expect(error).toMatchObject({ kind: 'digest_mismatch', expected: announced, found: digestOf(sent) });
    expect(await store.stat(announced)).toBeUndefined();
    expect(await store.stat(digestOf(sent))).toBeUndefined();
  });

  test('writing the same bytes twice, also concurrently, is one blob', async () => {
    const bytes = randomBytes(1000);
    const refs = await Promise.all([store.put(bytes), store.put(bytes), store.put(bytes)]);
    await store.put(bytes);
    expect(new Set(refs.map(ref => ref.digest)).size).toBe(1);
    const listed: string[] = [];
    for await (const ref of store.list()) listed.push(ref.digest);
    expect(listed.filter(digest => digest === refs[0]!.digest)).toHaveLength(1);
  });

  test('a deleted blob is gone, and a second deletion returns false', async () => {
    const { digest } = await store.put(randomBytes(10));
    expect(await store.delete(digest)).toBe(true);
    expect(await store.delete(digest)).toBe(false);
    expect(await store.stat(digest)).toBeUndefined();
    await expect(store.read(digest)).rejects.toMatchObject({ kind: 'not_found', expected: digest });
  });

  test('only a digest of the exact form reaches the storage', async () => {
    const hostile = [
      'sha256:../../etc/passwd',
      `sha256:${'A'.repeat(64)}`,
      `md5:${'0'.repeat(64)}`,
      `sha256:${'0'.repeat(64)}\n`,
    ];
    for (const digest of hostile) {
      await expect(store.stat(digest)).rejects.toMatchObject({ kind: 'invalid_digest' });
      await expect(store.put(Buffer.from('x'), { expectedDigest: digest })).rejects.toMatchObject({
        kind: 'invalid_digest',
      });
    }
  });

  test('a source that fails, or is aborted, leaves nothing', async () => {
    const bytes = randomBytes(100);
    async function* failing() {
      yield bytes;
      throw new Error('upload cut off');
    }
    await expect(store.put(failing())).rejects.toThrow('upload cut off');
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(store.put(bytes, { signal })).rejects.toThrow('cancelled');
    expect(await store.stat(digestOf(bytes))).toBeUndefined();
  });
}
