import { type AthanorClient, collectChunks } from '@athanor/client';
import {
  type ColumnValues,
  parseDatasetManifest,
  readDictionary,
  readShard,
  SPLITS,
  type SplitName,
} from '@athanor/data';

export interface ExportedRows {
  readonly columns: Readonly<Record<string, { readonly kind: string; readonly values: readonly unknown[] }>>;
  readonly split: readonly SplitName[];
}

/** The named columns of all rows of a dataset version as JSON values; null is missing. */
export async function exportRows(
  client: AthanorClient,
  datasetId: string,
  version: number,
  names: readonly string[],
): Promise<ExportedRows> {
  const read = (digest: string) => collectChunks(client.ingest.readDatasetBlob({ datasetId, version, digest }));
  const { columns, splits } = parseDatasetManifest(await read(''));
  const wanted = names.map(name => columns.findIndex(column => column.name === name));
  const dictionaries = new Map<number, string[]>();
  for (const index of wanted) {
    const dictionary = columns[index]?.dictionary;
    if (dictionary !== undefined) dictionaries.set(index, readDictionary(await read(dictionary.digest)));
  }
  const values = new Map(wanted.map(index => [index, [] as unknown[]]));
  const split: SplitName[] = [];
  for (const name of SPLITS) {
    for (const shard of splits[name].shards) {
      const { values: parts } = readShard(await read(shard.digest), columns, new Set(wanted));
      for (const [index, part] of parts) values.get(index)?.push(...toJson(part, dictionaries.get(index)));
      split.push(...new Array<SplitName>(shard.rows).fill(name));
    }
  }
  const exported = wanted.map((index): [string, { kind: string; values: unknown[] }] => {
    const column = columns[index];
    return [column?.name ?? '', { kind: column?.type.kind ?? '', values: values.get(index) ?? [] }];
  });
  return { columns: Object.fromEntries(exported), split };
}

function toJson(values: ColumnValues, dictionary: readonly string[] = []): unknown[] {
  if (values.kind === 'category') return Array.from(values.codes, code => dictionary[code] ?? null);
  if (values.kind !== 'number' && values.kind !== 'timestamp')
    throw new Error(`${values.kind} columns are not compared`);
  return Array.from(values.data as ArrayLike<number | bigint>, value => {
    const number = Number(value);
    return Number.isNaN(number) ? null : number;
  });
}
