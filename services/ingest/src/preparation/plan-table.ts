// What an import would make of its sources, found by importing the first rows of each and storing nothing.

import type { BlobStore } from '@athanor/blobs';
import { ServiceError } from '@athanor/service/errors';
import { FormatError } from '../formats/rows.js';
import { runTable } from '../tables/run-table.js';
import type { SampledTable, TableLimits, TableResult, TableSample } from '../tables/table-plan.js';
import { contentKindOf } from './content-kind.js';
import { inFolderOf } from './import-folder.js';
import type { PreparationPlan } from './prepared-version.js';
import { stageSources } from './stage-sources.js';

/** Enough for every type and check to show, and read in about a second. */
const SAMPLE: TableSample = { rows: 50_000, bytes: 16 * 1024 * 1024 };

export interface PlanOptions {
  readonly blobs: BlobStore;
  readonly limits: Omit<TableLimits, 'maxUnpackedBytes'>;
  readonly signal: AbortSignal;
  readonly sample?: TableSample;
  /** As in RunTableOptions. */
  readonly program?: URL;
}

export type TableOutlook = Omit<TableResult, 'sampled'> & { readonly sampled: SampledTable };

/** Throws INVALID_ARGUMENT where nothing can be said of the sources. */
export async function planTable(
  plan: PreparationPlan,
  { sample = SAMPLE, program, ...options }: PlanOptions,
): Promise<TableOutlook> {
  const { signal, blobs } = options;
  const kind = await contentKindOf(plan, { blobs, signal });
  if (kind !== 'table') {
    const what = kind === 'idx' ? 'IDX images' : 'an archive of images';
    throw invalid(`expected tables, got ${what}: there are no columns to plan; import them`);
  }
  return await inFolderOf('plan', async folder => {
    const table = await stageSources(plan, folder, { ...options, sample, onPhase: () => undefined });
    const result = await runTable(table, folder, { signal, ...(program && { program }) });
    const { sampled } = result;
    if (sampled === undefined) throw new Error('expected the figures of a sample');
    return { ...result, sampled };
  }).catch(error => {
    throw error instanceof FormatError ? invalid(error.message, error) : error;
  });
}

function invalid(message: string, cause?: Error): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', message, { reason: 'BAD_DATA', ...(cause && { cause }) });
}
