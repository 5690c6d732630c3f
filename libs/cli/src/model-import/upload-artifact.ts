import { type AthanorClient, uploadFile } from '@athanor/client';
import type { ImportedFileInput } from '@athanor/contracts/registry';
import { startProgress } from '../output/progress.js';
import { formatBytes } from '../output/render.js';
import type { Terminal } from '../terminal.js';
import type { ArtifactFile } from './find-artifact.js';

export interface ImportContext {
  readonly client: AthanorClient;
  readonly terminal: Terminal;
  readonly signal?: AbortSignal;
}

/** Uploads files one after another, with one line of progress. Bytes that the registry has already are not sent. */
export async function uploadArtifact(
  { client, terminal, signal }: ImportContext,
  files: readonly ArtifactFile[],
  label: string,
): Promise<ImportedFileInput[]> {
  const total = files.reduce((sum, { byteSize }) => sum + byteSize, 0);
  const progress = startProgress(terminal, label);
  const uploaded: ImportedFileInput[] = [];
  let before = 0;
  for (const { localPath, path, byteSize } of files) {
    const onProgress = (sent: number) =>
      progress.update((before + sent) / total, `${formatBytes(before + sent)} of ${formatBytes(total)}`);
    const { uploadId } = await uploadFile(client.registry, localPath, { onProgress, ...(signal && { signal }) });
    uploaded.push({ path, uploadId });
    before += byteSize;
  }
  const count = files.length === 1 ? '' : ` in ${files.length} files`;
  progress.done(`${formatBytes(total)}${count}`);
  return uploaded;
}
