/*
 * Blobs as objects of an S3 bucket. The digest is the key, so it must be known before the upload starts: blobs larger
 * than one part are spooled to a local file first, and nothing unverified gets a name.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { BlobError, digestMismatch, notFound, storageFull } from '../blob-error.js';
import type { BlobRef, BlobSource, BlobStore, GetOptions, PutOptions } from '../blob-store.js';
import { digestOfKey, finishDigest, keyOf, startDigest } from '../digest.js';
import { collect, piecesOf, verifiedContent } from '../verified-content.js';
import { abortable, PART_BYTES, putLarge, putSmall, type S3Target } from './s3-upload.js';

export interface S3StoreOptions {
  /** Default: Amazon's own. */
  readonly endpoint?: string;
  readonly region?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; most S3 servers other than Amazon's require it. */
  readonly forcePathStyle?: boolean;
  /** Default: the SDK's own chain (environment, profile, instance role). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Folder in which large blobs are spooled. Default: the system's temporary folder. */
  readonly spoolDir?: string;
}

export async function openS3Store(url: string, options: S3StoreOptions = {}): Promise<BlobStore> {
  const match = /^s3:\/\/([a-z0-9.-]{3,63})(?:\/(.*?))?\/?$/.exec(url);
  if (!match) throw new Error(`blob URL ${url}: expected s3://bucket or s3://bucket/prefix`);
  const [, bucket, prefix] = match;
  const client = new S3Client({
    region: options.region ?? 'us-east-1',
    forcePathStyle: options.forcePathStyle ?? options.endpoint !== undefined,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  return new S3Store(client, {
    bucket: bucket!,
    prefix: prefix ? `${prefix}/` : '',
    spoolDir: options.spoolDir ?? tmpdir(),
  });
}

interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
  readonly spoolDir: string;
}

class S3Store implements BlobStore {
  readonly #client: S3Client;
  readonly #place: S3Place;

  constructor(client: S3Client, place: S3Place) {
    this.#client = client;
    this.#place = place;
  }

  async put(source: BlobSource, options: PutOptions = {}): Promise<BlobRef> {
    if (options.expectedDigest !== undefined) keyOf(options.expectedDigest);
    const spool = new Spool(this.#place.spoolDir);
    try {
      for await (const piece of piecesOf(source, options.signal)) await spool.add(piece);
      const ref = spool.finish();
      if (options.expectedDigest !== undefined && ref.digest !== options.expectedDigest) {
        throw digestMismatch(options.expectedDigest, ref.digest);
      }
      if (await this.stat(ref.digest)) return ref;
      const target: S3Target = { client: this.#client, ...this.#addressOf(ref.digest), signal: options.signal };
      if (spool.file) await putLarge(target, spool.file, ref);
      else await putSmall(target, spool.bytes(), ref.digest);
      return ref;
    } catch (error) {
      throw toBlobError(error);
    } finally {
      await spool.remove();
    }
  }

  async *get(digest: string, options: GetOptions = {}): AsyncGenerator<Uint8Array> {
    const { offset = 0, signal } = options;
    const command = new GetObjectCommand(this.#named(digest));
    const response = await this.#client.send(command, abortable(signal)).catch((error: unknown) => {
      throw isMissing(error) ? notFound(digest) : toBlobError(error);
    });
    const body = response.Body as AsyncIterable<Uint8Array> | undefined;
    yield* verifiedContent(
      body ?? piecesOf(new Uint8Array()),
      { digest, byteSize: response.ContentLength ?? 0 },
      offset,
    );
  }

  read(digest: string, options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    return collect(this.get(digest, options));
  }

  async stat(digest: string): Promise<BlobRef | undefined> {
    try {
      const { ContentLength = 0 } = await this.#client.send(new HeadObjectCommand(this.#named(digest)));
      return { digest, byteSize: ContentLength };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw toBlobError(error);
    }
  }

  async *list(): AsyncGenerator<BlobRef> {
    const { bucket, prefix } = this.#place;
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: bucket, Prefix: `${prefix}sha256/` });
    for await (const page of pages) {
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        const digest = digestOfKey(Key.slice(prefix.length));
        if (digest) yield { digest, byteSize: Size };
      }
    }
  }

  async delete(digest: string): Promise<boolean> {
    if (!(await this.stat(digest))) return false;
    await this.#client.send(new DeleteObjectCommand(this.#named(digest)));
    return true;
  }

  async check(): Promise<void> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#place.bucket }));
    } catch (cause) {
      throw new BlobError('unavailable', `bucket ${this.#place.bucket} cannot be reached`, { cause });
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #addressOf(digest: string): { bucket: string; key: string } {
    return { bucket: this.#place.bucket, key: `${this.#place.prefix}${keyOf(digest)}` };
  }

  #named(digest: string): { Bucket: string; Key: string } {
    const { bucket, key } = this.#addressOf(digest);
    return { Bucket: bucket, Key: key };
  }
}

/** Buffers the bytes while their digest is computed: in memory up to one part, then in a file. */
class Spool {
  file: FileHandle | undefined;
  readonly #hash = startDigest();
  readonly #path: string;
  #pieces: Uint8Array[] = [];
  #byteSize = 0;

  constructor(folder: string) {
    this.#path = join(folder, `athanor-spool-${randomUUID()}`);
  }

  async add(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#byteSize += piece.length;
    if (!this.file && this.#byteSize > PART_BYTES) {
      this.file = await open(this.#path, 'wx+');
      for (const earlier of this.#pieces) await this.file.appendFile(earlier);
      this.#pieces = [];
    }
    if (this.file) await this.file.appendFile(piece);
    else this.#pieces.push(Uint8Array.from(piece)); // the caller may reuse its buffer
  }

  finish(): BlobRef {
    return { digest: finishDigest(this.#hash), byteSize: this.#byteSize };
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  async remove(): Promise<void> {
    await this.file?.close();
    await rm(this.#path, { force: true });
  }
}

interface S3Failure {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as S3Failure;
  return name === 'NoSuchKey' || name === 'NotFound' || $metadata?.httpStatusCode === 404;
}

function toBlobError(error: unknown): unknown {
  if (error instanceof BlobError) return error;
  const { name, code, $metadata } = error as S3Failure;
  if (name === 'AbortError') return error;
  if (code === 'ENOSPC' || $metadata?.httpStatusCode === 507 || /StorageFull|QuotaExceeded/.test(name ?? ''))
    return storageFull(error);
  if ($metadata || code) return new BlobError('unavailable', `the S3 server failed: ${name ?? code}`, { cause: error });
  return error;
}
