// An artifact in the blob store → a checked model in the blob store. Nothing is stored unless the whole model is good.

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobStore } from '@athanor/blobs';
import { ServiceError } from '@athanor/service/errors';
import type { StatedSettings } from '../serving/serving-settings.js';
import type { CheckedModel, CheckModel, ModelRefusal } from './checked-model.js';
import { checkRecommended } from './recommended-settings.js';
import { withScratchFolder } from './scratch-folders.js';

/** A file of an artifact, in the blob store. */
export interface ArtifactFile {
  readonly path: string;
  readonly digest: string;
  readonly byteSize: number;
}

export interface ImportedModel extends Omit<CheckedModel, 'files' | 'recommendedServing'> {
  readonly files: { name: string; digest: string; byteSize: number }[];
  readonly recommended: StatedSettings;
}

export interface RunImportOptions {
  readonly blobs: BlobStore;
  readonly checkModel: CheckModel;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** @throws INVALID_ARGUMENT with the reason if the model cannot be served; DEADLINE_EXCEEDED. */
export async function runImport(
  artifact: { readonly files: readonly ArtifactFile[]; readonly batchAxis: number | undefined },
  { blobs, checkModel, deadlineMs, signal: callSignal }: RunImportOptions,
): Promise<ImportedModel> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([callSignal, deadline]);
  try {
    return await withScratchFolder(async root => {
      const [folder, scratch] = [join(root, 'artifact'), join(root, 'scratch')];
      await mkdir(scratch);
      for (const file of artifact.files) await stage(file, folder, { blobs, signal });
      const checked = await checkModel({ folder, scratch, batchAxis: artifact.batchAxis, signal });
      const { files, recommendedServing, ...model } = checked;
      const recommended = checkRecommended(recommendedServing);
      // A file that is served as it was uploaded is in the blob store already.
      const uploaded = new Map(artifact.files.map(file => [join(folder, file.path), file]));
      const stored: ImportedModel['files'] = [];
      for (const { name, path } of files) {
        const { digest, byteSize } = uploaded.get(path) ?? (await blobs.put(createReadStream(path), { signal }));
        stored.push({ name, digest, byteSize });
      }
      return { ...model, recommended, files: stored };
    });
  } catch (error) {
    throw callSignal.aborted ? callSignal.reason : toServiceError(error, deadline, deadlineMs);
  }
}

async function stage(
  { path, digest }: ArtifactFile,
  folder: string,
  { blobs, signal }: Pick<RunImportOptions, 'blobs' | 'signal'>,
): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await pipeline(Readable.from(blobs.get(digest, { signal })), createWriteStream(target, { flags: 'wx' }), { signal });
}

function toServiceError(error: unknown, deadline: AbortSignal, deadlineMs: number): unknown {
  if (isRefusal(error))
    return new ServiceError('INVALID_ARGUMENT', error.message, { reason: error.code, cause: error });
  if (!deadline.aborted) return error;
  const message = `the import took longer than the ${deadlineMs / 1000} s allowed; nothing was registered. Import a smaller model, or raise ATHANOR_REGISTRY_MODEL_IMPORT_DEADLINE_MS`;
  return new ServiceError('DEADLINE_EXCEEDED', message, { reason: 'IMPORT_DEADLINE', cause: error });
}

function isRefusal(error: unknown): error is ModelRefusal {
  return error instanceof Error && error.name === 'ImportRefusal' && typeof (error as ModelRefusal).code === 'string';
}
