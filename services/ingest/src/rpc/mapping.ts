import { toComponent } from '@athanor/contracts';
import type {
  ColumnStatisticsInput,
  DatasetColumnInput,
  DatasetInput,
  DatasetVersionInput,
  ImageStatisticsInput,
  RecipeInput,
} from '@athanor/contracts/ingest';
import { toTimestamp } from '@athanor/service';
import { fromImageReading } from '../preparation/image-reading.js';
import type { PreparationPlan, PreparedVersion } from '../preparation/prepared-version.js';
import type { DatasetRow, DatasetVersionRow } from '../store/datasets.js';
import type { ColumnStatistics, ImageStatistics } from '../tables/table-plan.js';
import { toTargetsByValue } from './targets-by-value.js';

// Converts rows to messages.

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
    columns: [],
    splits: version.splits?.map(split => ({ ...split, classRows: [] })) ?? [],
  };
}

/** `queuePosition`: 0 unless it is queued. */
export function toDatasetVersion(row: DatasetVersionRow, queuePosition = 0): DatasetVersionInput {
  const { plan, result, progress, state, error } = row;
  return {
    datasetId: row.dataset_id,
    version: row.version,
    state,
    digest: result?.digest ?? '',
    recipe: { ...toRecipe(plan), ...appliedImages(plan, result) },
    sources: plan.sources.map(source => ({ ...source })),
    columns: (result?.columns ?? []).map(toColumn),
    classes: [...(result?.classes ?? [])],
    rowsRead: result?.rowsRead ?? 0,
    findings: (result?.findings ?? []).map(each => ({ ...each, firstRowIds: [...each.firstRowIds] })),
    splits: (result?.splits ?? []).map(split => ({ ...split, classRows: [...split.classRows] })),
    preparation: {
      done: state !== 'STATE_PREPARING',
      phase: queuePosition > 0 ? 'QUEUED' : progress.phase,
      queuePosition,
      completedUnits: progress.completed,
      totalUnits: progress.total,
      error,
    },
    createTime: toTimestamp(row.create_time),
  };
}

const ON_MISFIT = {
  error: 'ON_MISFIT_UNSPECIFIED',
  null: 'ON_MISFIT_NULL',
  quarantine: 'ON_MISFIT_QUARANTINE',
} as const;

function toRecipe({ format, reading, targets, roles, checks, split, acceptLoss }: PreparationPlan): RecipeInput {
  const { onMisfit, columns = [], nulls, ignore, ...rest } = reading;
  return {
    format,
    reading: { ...rest, columns: [...columns], nulls: [...nulls], ignore: [...ignore], onMisfit: ON_MISFIT[onMisfit] },
    targets: [...targets],
    roles: { ...roles },
    checks: checks.map(toComponent),
    split,
    acceptLoss,
  };
}

/** How images are read, with the size that was chosen once it is known. */
function appliedImages({ format, images }: PreparationPlan, result: PreparedVersion | null): RecipeInput {
  const column = result?.columns.find(({ statistics }) => statistics.images !== undefined);
  if (images === undefined || (column === undefined && format !== 'FORMAT_IMAGES')) return {};
  if (column?.type.kind !== 'vector') return { images: fromImageReading(images) };
  const [height = 0, width = 0] = column.type.shape;
  return { images: fromImageReading({ ...images, size: { height, width } }) };
}

export function toColumn({
  statistics,
  name,
  type,
  role,
  nullable,
}: PreparedVersion['columns'][number]): DatasetColumnInput {
  const datatype = type.kind === 'number' || type.kind === 'vector' ? type.dtype : '';
  const shape = type.kind === 'vector' ? [...type.shape] : [];
  return {
    column: { name, role, nullable, type: { kind: type.kind, datatype, shape } },
    statistics: toStatistics(statistics),
  };
}

function toStatistics(statistics: ColumnStatistics): ColumnStatisticsInput {
  const { count, missing, unique, number, text, topValues, targetsByValue, images } = statistics;
  return {
    count,
    missing,
    ...(unique && { unique: unique.count, uniqueIsApproximate: !unique.exact }),
    ...(number && {
      ...{ min: number.min, max: number.max, mean: number.mean, stdDev: number.stdDev, zeros: number.zeros },
      quantiles: number.quantiles.values.map(({ p, value }) => ({ probability: p, value })),
      histogram: number.histogram.map(({ low, high, rows }) => ({ low, high, count: rows })),
    }),
    topValues: (topValues ?? []).map(({ value, rows }) => ({ value, count: rows })),
    ...text,
    ...(images && { images: toImageStatistics(images) }),
    ...(targetsByValue && { targetsByValue: toTargetsByValue(targetsByValue) }),
  };
}

function toImageStatistics({ sizes, formats, channels, ...counts }: ImageStatistics): ImageStatisticsInput {
  const toCounts = (values: ImageStatistics['sizes']) => values.map(({ value, rows }) => ({ value, count: rows }));
  return {
    ...counts,
    sizes: toCounts(sizes),
    formats: toCounts(formats),
    channels: channels.map(each => ({ ...each })),
  };
}
