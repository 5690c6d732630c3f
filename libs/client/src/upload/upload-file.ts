import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Upload, WriteUploadRequestInput } from '@athanor/contracts/ingest';
import type { CallOptions } from '../rpc/call-options.js';
import { RpcError } from '../rpc/rpc-error.js';
import type { Stub } from '../rpc/stub.js';

const CHUNK_BYTES = 256 * 1024;
const ATTEMPTS = 5;
const RETRY_DELAY_MS = 300;

export interface UploadFileOptions extends CallOptions {
  /** Called as bytes go out. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Idempotency key; default: the file's digest and name, so that the same file is sent once. */
  readonly requestId?: string;
}

/** Uploads a file. A connection that breaks is taken up again at the offset that the server has committed. */
export async function uploadFile(
  ingest: Stub<'ingest'>,
  path: string,
  options: UploadFileOptions = {},
): Promise<Upload> {
  const { size: byteSize } = await stat(path);
  const digest = await digestOf(path);
  const filename = basename(path);
  const requestId = options.requestId ?? `${digest}/${filename}`;
  let upload = expectUpload(await ingest.createUpload({ requestId, filename, byteSize, digest }, options));
  for (let attempt = 1; upload.state !== 'STATE_COMPLETE'; attempt++) {
    try {
      upload = expectUpload(await ingest.writeUpload(messages(path, upload, options), options));
    } catch (error) {
      if (attempt >= ATTEMPTS || !canResume(error)) throw error;
      await new Promise(resolve => setTimeout(resolve, RETRY_DELAY_MS * attempt));
      upload = expectUpload(await ingest.getUpload({ uploadId: upload.uploadId }, options));
    }
  }
  options.onProgress?.(byteSize, byteSize);
  return upload;
}

function expectUpload({ upload }: { upload: Upload | null }): Upload {
  if (upload === null) throw new Error('the server answered without an upload');
  return upload;
}

async function* messages(
  path: string,
  upload: Upload,
  options: UploadFileOptions,
): AsyncIterable<WriteUploadRequestInput> {
  let offset = upload.committedOffset;
  yield { uploadId: upload.uploadId, offset };
  for await (const chunk of createReadStream(path, { start: offset, highWaterMark: CHUNK_BYTES })) {
    yield { chunk };
    offset += (chunk as Buffer).length;
    options.onProgress?.(offset, upload.byteSize);
  }
}

/** The server has lost the stream or has committed less than was sent: both are set right from its offset. */
function canResume(error: unknown): boolean {
  if (!(error instanceof RpcError)) return false;
  return ['UNAVAILABLE', 'CANCELLED', 'INTERNAL', 'OUT_OF_RANGE', 'ABORTED'].includes(error.code);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
