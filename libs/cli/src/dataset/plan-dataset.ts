import type { DatasetPlan } from '@athanor/contracts/ingest';
import { findSources } from './find-sources.js';
import type { ImportOptions } from './import-dataset.js';
import { toRecipe } from './recipe-options.js';
import { type UploadContext, uploadSources } from './upload-sources.js';

export interface PlanRequest extends UploadContext {
  readonly paths: readonly string[];
  readonly options: ImportOptions;
}

/** Uploads, and asks what an import would make of the files. An import afterwards finds the uploads. */
export async function planDataset(request: PlanRequest): Promise<DatasetPlan> {
  const { client, paths, options, signal } = request;
  const { format, files } = await findSources(paths, options);
  const recipe = toRecipe(options, format);
  const sources = await uploadSources(request, files);
  const { plan } = await client.ingest.planDatasetVersion({ sources, recipe }, { timeoutMs: PLAN_MS, signal });
  if (plan === null) throw new Error('expected a plan in the response, received none');
  return plan;
}

/** A large Parquet file is copied whole. */
const PLAN_MS = 120_000;
