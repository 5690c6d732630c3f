import type { FileHandle } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { BlobRef } from '../blob-store.js';

/** Maximum bytes in memory during an upload; smaller blobs are one request. */
export const PART_BYTES = 8 * 1024 * 1024;

/** S3 allows 10,000 parts per upload. */
const PART_LIMIT = 10_000;

export interface S3Target {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}

/** One request. The server verifies the bytes against the blob's SHA-256 and keeps an existing object. */
export async function putSmall(target: S3Target, body: Uint8Array, digest: string): Promise<void> {
  const checksum = Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64');
  const { bucket, key, client, signal } = target;
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: body,
    ChecksumSHA256: checksum,
    IfNoneMatch: '*',
  });
  await unlessPresent(client.send(command, abortable(signal)));
}

/** In parts, from a file with a known digest; the object appears when the last request succeeds, or not at all. */
export async function putLarge(target: S3Target, file: FileHandle, ref: BlobRef): Promise<void> {
  const { client, bucket, key, signal } = target;
  const place = { Bucket: bucket, Key: key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place), abortable(signal));
  try {
    const Parts = await uploadParts(target, UploadId, file, ref.byteSize);
    const complete = new CompleteMultipartUploadCommand({
      ...place,
      UploadId,
      MultipartUpload: { Parts },
      IfNoneMatch: '*',
    });
    await client.send(complete, abortable(signal));
  } catch (error) {
    // Parts of an incomplete upload cost money until they are removed.
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => {});
    await unlessPresent(Promise.reject(error));
  }
}

async function uploadParts(
  target: S3Target,
  UploadId: string | undefined,
  file: FileHandle,
  byteSize: number,
): Promise<CompletedPart[]> {
  const { client, bucket, key, signal } = target;
  const partBytes = Math.max(PART_BYTES, Math.ceil(byteSize / PART_LIMIT));
  const parts: CompletedPart[] = [];
  for (let offset = 0; offset < byteSize; offset += partBytes) {
    const buffer = Buffer.alloc(Math.min(partBytes, byteSize - offset));
    await readFully(file, buffer, offset);
    const PartNumber = parts.length + 1;
    const command = new UploadPartCommand({ Bucket: bucket, Key: key, UploadId, PartNumber, Body: buffer });
    const { ETag } = await client.send(command, abortable(signal));
    parts.push({ PartNumber, ...(ETag === undefined ? {} : { ETag }) });
  }
  return parts;
}

async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < buffer.length; ) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) throw new Error('the spool file is shorter than what was written to it');
    filled += bytesRead;
  }
}

/**
 * 412: the object exists, with the same content according to its name. 409: another writer is uploading the same
 * content.
 */
async function unlessPresent(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status !== 412 && status !== 409) throw error;
  }
}

export function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
