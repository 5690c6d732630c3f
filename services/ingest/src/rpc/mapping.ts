import type { DatasetInput, DatasetVersionInput, UploadInput } from '@athanor/contracts/ingest';
import { toTimestamp } from '@athanor/service';
import type { DatasetRow, DatasetVersionRow } from '../store/datasets.js';
import type { UploadRow } from '../store/uploads.js';

// Converts rows to messages.

export function toUpload(row: UploadRow): UploadInput {
  return {
    uploadId: row.upload_id,
    filename: row.filename,
    byteSize: row.byte_size,
    committedOffset: row.committed_offset,
    state: row.state,
    digest: row.digest,
  };
}

export function toDataset(row: DatasetRow): DatasetInput {
  return {
    datasetId: row.dataset_id,
    description: row.description,
    createTime: toTimestamp(row.create_time),
    latestVersion: row.latest_ready,
  };
}

/** A version as in lists: without the fields that grow with the number of classes and columns. */
export function summarizeVersion(row: DatasetVersionRow): DatasetVersionInput {
  const version = toDatasetVersion(row);
  return {
    ...version,
    classes: [],
    features: version.features?.map(feature => ({ ...feature, columns: [] })) ?? [],
    splits: version.splits?.map(split => ({ ...split, classRows: [] })) ?? [],
  };
}

export function toDatasetVersion(row: DatasetVersionRow): DatasetVersionInput {
  const { plan, result, progress, state, error } = row;
  return {
    datasetId: row.dataset_id,
    version: row.version,
    state,
    digest: result?.digest ?? '',
    recipe: { format: plan.format, labelColumn: plan.labelColumn, cleaning: plan.cleaning, split: plan.split },
    sources: plan.sources.map(source => ({ ...source })),
    features: (result?.features ?? []).map(feature => ({
      ...feature,
      shape: [...feature.shape],
      columns: [...feature.columns],
    })),
    classes: [...(result?.classes ?? [])],
    rowsRead: result?.rowsRead ?? 0,
    findings: [...(result?.findings ?? [])],
    splits: (result?.splits ?? []).map(split => ({ ...split, classRows: [...split.classRows] })),
    preparation: {
      done: state !== 'STATE_PREPARING',
      phase: progress.phase,
      completedUnits: progress.completed,
      totalUnits: progress.total,
      error,
    },
    createTime: toTimestamp(row.create_time),
  };
}
