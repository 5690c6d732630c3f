import { canonicalJson, sha256Digest } from '@athanor/contracts';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import { CliError, EXIT_CODES, isRpcError } from '../exit-codes.js';
import { startProgress } from '../output/progress.js';
import { resumeWatch } from '../watch/resume-watch.js';
import { phaseText } from './describe.js';
import { findSources } from './find-sources.js';
import { type RecipeOptions, toRecipe } from './recipe-options.js';
import { type UploadContext, uploadSources } from './upload-sources.js';

/** Options of `dataset import`. */
export interface ImportOptions extends RecipeOptions {
  readonly test?: readonly string[];
}

export interface ImportRequest extends UploadContext {
  readonly name: string;
  readonly paths: readonly string[];
  readonly options: ImportOptions;
}

/** Uploads, creates the dataset if it is new, prepares a version and waits for it. */
export async function importDataset(request: ImportRequest): Promise<DatasetVersion> {
  const { client, name, paths, options, signal } = request;
  const { format, files } = await findSources(paths, options);
  // First, so that an invalid name is refused before anything is sent.
  const create = () => client.ingest.createDataset({ datasetId: name }, { signal });
  await create()
    // It is unknown whether an interrupted call ran; here that makes no difference.
    .catch(error => (isRpcError(error, 'UNAVAILABLE') ? create() : Promise.reject(error)))
    .catch(error => {
      if (!isRpcError(error, 'ALREADY_EXISTS')) throw error;
    });
  const sources = await uploadSources(request, files);
  const recipe = toRecipe(options, format);
  // The same bytes and recipe give the same version, however often they are imported.
  const requestId = sha256Digest(canonicalJson({ name, sources, recipe }));
  const { datasetVersion } = await client.ingest.createDatasetVersion({ requestId, datasetId: name, sources, recipe });
  if (datasetVersion === null) throw new Error('expected a dataset version in the response, received none');
  return await waitUntilPrepared(request, datasetVersion);
}

async function waitUntilPrepared(
  { client, terminal, signal }: ImportRequest,
  begun: DatasetVersion,
): Promise<DatasetVersion> {
  const progress = startProgress(terminal, 'prepare');
  let last = begun;
  const { datasetId, version } = begun;
  const open = () => client.ingest.watchDatasetVersion({ datasetId, version }, { ...(signal && { signal }) });
  const what = `${datasetId} v${version}`;
  for await (const { datasetVersion } of resumeWatch(open, { terminal, what, signal })) {
    if (datasetVersion === null) continue;
    last = datasetVersion;
    const { completedUnits = 0, totalUnits = 0 } = last.preparation ?? {};
    progress.update(totalUnits === 0 ? 0 : completedUnits / totalUnits, phaseText(last));
  }
  if (last.state !== 'STATE_READY') {
    throw new CliError(
      `${what} could not be prepared: ${last.preparation?.error?.message ?? last.state}. ` +
        'The upload is kept; once the cause is fixed, run the same command again',
      EXIT_CODES.failed,
    );
  }
  progress.done(
    `${what}: ${last.rowsRead} rows read, ${last.splits.map(each => `${each.split} ${each.rows}`).join(', ')}`,
  );
  return last;
}
