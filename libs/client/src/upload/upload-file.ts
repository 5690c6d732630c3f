import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upload, WriteUploadRequestInput } from '@athanor/contracts/ingest';
import type { CallOptions } from '../rpc/call-options.js';
import { RpcError } from '../rpc/rpc-error.js';
import type { Stub } from '../rpc/stub.js';

const CHUNK_BYTES = 512 * 1024;
const READ_BYTES = 1024 * 1024;
/** Maximum number of consecutive attempts without progress. */
const MAX_ATTEMPTS_WITHOUT_PROGRESS = 5;
const RETRY_DELAY_MS = 300;

/** A service with resumable uploads: ingest for data, the registry for models. Their messages have the same fields. */
export type UploadStub = Pick<Stub<'ingest'>, 'createUpload' | 'writeUpload' | 'getUpload'>;

export interface UploadFileOptions extends Omit<CallOptions, 'requestId'> {
  /** Called with the progress. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Idempotency key; default: the file's digest and name, so that the same file is sent once. */
  readonly requestId?: string;
}

/**
 * Uploads a file. A broken connection is resumed at the server's committed offset, as long as one of every few attempts
 * makes progress.
 */
export async function uploadFile(
  service: UploadStub,
  path: string,
  { onProgress, requestId, ...call }: UploadFileOptions = {},
): Promise<Upload> {
  const { size: byteSize } = await stat(path);
  const digest = await digestOf(path, call.signal);
  const filename = basename(path);
  const request = { requestId: requestId ?? `${digest}/${filename}`, filename, byteSize, digest };
  let upload = expectUpload(await service.createUpload(request, call));
  for (let fruitless = 0; upload.state !== 'STATE_COMPLETE'; ) {
    const { uploadId, committedOffset: before } = upload;
    try {
      upload = expectUpload(await service.writeUpload(messages(path, upload, onProgress), call));
      if (upload.state !== 'STATE_COMPLETE') throw new FileChanged(path, upload);
    } catch (error) {
      if (call.signal?.aborted || !canResume(error) || fruitless >= MAX_ATTEMPTS_WITHOUT_PROGRESS) throw error;
      await sleep(pauseAfter(error, fruitless), undefined, { signal: call.signal });
      upload = expectUpload(await service.getUpload({ uploadId }, call).catch(unlessUnavailable(upload)));
    }
    fruitless = upload.committedOffset > before ? 0 : fruitless + 1;
  }
  onProgress?.(byteSize, byteSize);
  return upload;
}

class FileChanged extends Error {
  override readonly name = 'FileChanged';

  constructor(path: string, { byteSize, committedOffset }: Upload) {
    super(
      `${path} changed while it was sent: expected ${byteSize} bytes, it ended after ${committedOffset}; upload it again`,
    );
  }
}

/** While the server is unavailable, the last known state is used. */
function unlessUnavailable(upload: Upload) {
  return (error: unknown): { upload: Upload } => {
    if (canResume(error)) return { upload };
    throw error;
  };
}

function expectUpload({ upload }: { upload: Upload | null }): Upload {
  if (upload === null) throw new Error('expected an upload in the response, received none');
  return upload;
}

async function* messages(
  path: string,
  upload: Upload,
  onProgress: UploadFileOptions['onProgress'],
): AsyncIterable<WriteUploadRequestInput> {
  let offset = upload.committedOffset;
  yield { uploadId: upload.uploadId, offset };
  for await (const chunk of createReadStream(path, { start: offset, highWaterMark: CHUNK_BYTES })) {
    yield { chunk };
    offset += (chunk as Buffer).length;
    onProgress?.(offset, upload.byteSize);
  }
}

/**
 * The server has lost the stream or committed less than was sent: both are corrected from its offset. Or it asks to
 * retry later.
 */
function canResume(error: unknown): boolean {
  if (!(error instanceof RpcError)) return false;
  if (error.retryAfterMs !== undefined) return true;
  return ['UNAVAILABLE', 'CANCELLED', 'INTERNAL', 'OUT_OF_RANGE', 'ABORTED'].includes(error.code);
}

function pauseAfter(error: unknown, fruitless: number): number {
  const asked = error instanceof RpcError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, RETRY_DELAY_MS * (fruitless + 1));
}

async function digestOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, ...(signal && { signal }) }))
    hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
