export { chooseTaskKind, type TargetOutline } from './choose-task.js';
export {
  type CategoryType,
  COLUMN_ROLES,
  type Column,
  type ColumnKind,
  type ColumnRole,
  type ColumnType,
  describeType,
  MISSING_CODE,
  MISSING_TIMESTAMP,
  type NumberType,
  type TextType,
  type TimestampType,
  type VectorType,
} from './column.js';
export {
  type CategoryValues,
  type ColumnValues,
  concatValues,
  emptyValues,
  type NumberValues,
  rowCountOf,
  sliceRows,
  type TextValues,
  type TimestampValues,
  textAt,
  textValues,
  type VectorValues,
} from './column-values.js';
export { compareCategories, readDictionary, writeDictionary } from './dictionary.js';
export {
  blobDigests,
  type DatasetManifest,
  type ManifestColumn,
  type ManifestDictionary,
  type ManifestShard,
  parseDatasetManifest,
  SPLITS,
  type SplitName,
  UnsupportedFormat,
} from './manifest.js';
export { MalformedShard, type RowIds, readShard, type Shard, writeShard } from './shard.js';
