import { type AthanorClient, uploadFile } from '@athanor/client';
import type { SourceInput } from '@athanor/contracts/ingest';
import { startProgress } from '../output/progress.js';
import { formatBytes } from '../output/render.js';
import type { Terminal } from '../terminal.js';
import type { SourceFile } from './find-sources.js';
import { withPackedImages } from './pack-images.js';

export interface UploadContext {
  readonly client: AthanorClient;
  readonly terminal: Terminal;
  readonly signal?: AbortSignal;
}

/** Uploads files one after another. Bytes that the service has already are not sent. */
export async function uploadSources(context: UploadContext, files: readonly SourceFile[]): Promise<SourceInput[]> {
  const sources: SourceInput[] = [];
  for (const file of files)
    sources.push(await (file.isImageFolder ? uploadFolder(context, file) : upload(context, file)));
  return sources;
}

async function uploadFolder(context: UploadContext, file: SourceFile): Promise<SourceInput> {
  const { terminal, signal } = context;
  return await withPackedImages(file.path, {
    signal,
    async work({ path, images, leftOut }) {
      const more = leftOut.length === 0 ? '' : `; not sent: ${leftOut.length} other files (${leftOut[0]}, …)`;
      terminal.err(`${file.path}: ${images} images${more}\n`);
      return await upload(context, { ...file, path });
    },
  });
}

async function upload(
  { client, terminal, signal }: UploadContext,
  { path, role, partition }: SourceFile,
): Promise<SourceInput> {
  const progress = startProgress(terminal, `upload ${path.split('/').at(-1)}`);
  const onProgress = (sent: number, total: number) =>
    progress.update(sent / Math.max(total, 1), `${formatBytes(sent)} of ${formatBytes(total)}`);
  const { uploadId, byteSize, digest } = await uploadFile(client.ingest, path, {
    onProgress,
    ...(signal && { signal }),
  });
  progress.done(`${formatBytes(byteSize)} ${digest.slice(0, 19)}…`);
  return { uploadId, role, partition };
}
