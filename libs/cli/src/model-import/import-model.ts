import { canonicalJson, sha256Digest } from '@athanor/contracts';
import type { ImportModelResponse, ModelVersion } from '@athanor/contracts/registry';
import { startProgress } from '../output/progress.js';
import type { Artifact } from './find-artifact.js';
import { type ImportContext, uploadArtifact } from './upload-artifact.js';

/** The registry has a deadline of its own; this one is for a registry that does not answer. */
const CHECK_TIMEOUT_MS = 30 * 60_000;

export interface ImportOptions {
  readonly licence?: string;
  /** 0 or -1. */
  readonly batchAxis?: number;
}

export interface ImportedVersion {
  readonly version: ModelVersion;
  readonly created: boolean;
}

/** Uploads a model and has it checked and registered. The same command again continues where it was interrupted. */
export async function importModel(
  context: ImportContext,
  modelName: string,
  artifact: Artifact,
  { licence = '', batchAxis }: ImportOptions,
): Promise<ImportedVersion> {
  const files = await uploadArtifact(context, artifact.files, `upload ${modelName}`);
  const request = {
    ...{ modelName, files, source: artifact.source, licence },
    ...(batchAxis !== undefined && { batchAxis }),
  };
  // The same files and settings are the same import, however often the command is run.
  const requestId = sha256Digest(canonicalJson(request));
  const progress = startProgress(context.terminal, `check ${modelName}`);
  progress.update(0, 'the model guard reads it, then a process loads it');
  const { signal, client } = context;
  const options = { timeoutMs: CHECK_TIMEOUT_MS, ...(signal && { signal }) };
  const answer = await client.registry.importModel({ requestId, ...request }, options);
  const { version, created } = expectVersion(answer);
  progress.done(`${created ? 'registered as' : 'is already'} v${version.version}`);
  return { version, created };
}

function expectVersion({ modelVersion, created }: ImportModelResponse): ImportedVersion {
  if (modelVersion === null) throw new Error('expected a version in the response, received none');
  return { version: modelVersion, created };
}
