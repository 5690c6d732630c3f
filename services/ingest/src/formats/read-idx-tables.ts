import { maybeGunzip } from './gunzip.js';
import { type IdxArray, parseIdx } from './idx.js';
import { FormatError, type RowTable } from './rows.js';

/** A source in memory. */
export interface SourceBytes {
  readonly filename: string;
  readonly role: 'ROLE_FEATURES' | 'ROLE_LABELS';
  readonly partition: string;
  readonly bytes: Uint8Array;
}

/** One table per partition. `maxBytes` is the largest unpacked size of a source. Throws FormatError. */
export function readIdxTables(sources: readonly SourceBytes[], maxBytes: number): RowTable[] {
  const partitions = [...new Set(sources.map(({ partition }) => partition))];
  const parsed = (partition: string, role: SourceBytes['role']) => {
    const source = sources.find(each => each.partition === partition && each.role === role);
    return (
      source && {
        ...parseIdx(maybeGunzip(source.bytes, source.filename, maxBytes), source.filename),
        filename: source.filename,
      }
    );
  };
  const tables = partitions.map(partition => {
    const features = parsed(partition, 'ROLE_FEATURES');
    if (features === undefined)
      throw new FormatError(`partition '${partition}': expected a features file for its labels, got none`);
    return toTable(partition, features, parsed(partition, 'ROLE_LABELS'));
  });
  return sameFeatures(tables);
}

type NamedIdx = IdxArray & { readonly filename: string };

function toTable(partition: string, features: NamedIdx, labels: NamedIdx | undefined): RowTable {
  if (features.shape.length === 0)
    throw new FormatError(`${features.filename}: expected rows of values, got single values; is it a labels file?`);
  if (features.rows === 0) {
    throw new FormatError(`${features.filename}: expected rows, got none; upload a file with data`);
  }
  const bytesPerRow = features.shape.reduce((product, size) => product * size, 1);
  if (bytesPerRow === 0) {
    const shape = features.shape.join(' × ');
    throw new FormatError(
      `${features.filename}: expected values in each row, got rows of ${shape}; upload a file with data`,
    );
  }
  if (labels !== undefined && labels.shape.length > 0) {
    throw new FormatError(
      `${labels.filename}: expected one label per row, got ${labels.shape.join(' × ')} values; is it a features file?`,
    );
  }
  if (labels !== undefined && labels.rows !== features.rows) {
    const message = `${labels.filename} has ${labels.rows} labels, but ${features.filename} has ${features.rows} rows`;
    throw new FormatError(`${message}; upload files that belong together`);
  }
  return {
    partition,
    type: { kind: 'vector', dtype: 'UINT8', shape: features.shape },
    data: features.data,
    bytesPerRow,
    rows: features.rows,
    labels: labels && Array.from(labels.data, String),
  };
}

function sameFeatures(tables: RowTable[]): RowTable[] {
  const describe = ({ type }: RowTable) => `[${type.shape.join(', ')}]`;
  const [first, ...rest] = tables;
  for (const table of rest) {
    if (first !== undefined && describe(table) !== describe(first)) {
      throw new FormatError(
        `partition '${table.partition}' has images ${describe(table)}, but '${first.partition}' has ${describe(first)}; make them equal`,
      );
    }
    if (first !== undefined && (table.labels === undefined) !== (first.labels === undefined)) {
      throw new FormatError(
        `expected labels in every partition or in none; '${table.partition}' and '${first.partition}' differ`,
      );
    }
  }
  return tables;
}
