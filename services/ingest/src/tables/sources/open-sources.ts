import { openArrow } from '../arrow/arrow-source.js';
import { openCsv } from '../csv/csv-source.js';
import type { Database } from '../database/database.js';
import type { TablePlan } from '../table-plan.js';
import { openJson } from './json-source.js';
import { openParquet } from './parquet-source.js';
import { type PreparedSource, prepareSource } from './prepare-source.js';
import type { SourceTable } from './source-table.js';

/** How each format is opened. A new format is one file and one line. */
const FORMATS: {
  readonly [F in PreparedSource['format']]: (
    source: PreparedSource,
    context: { plan: TablePlan; database: Database },
  ) => Promise<SourceTable>;
} = {
  csv: (source, { plan }) => openCsv(source, plan.reading),
  json: (source, { database }) => openJson(source, database),
  parquet: (source, { plan, database }) => openParquet(source, { database, ignore: plan.reading.ignore }),
  arrow: openArrow,
};

/** The sources of the train partition, then those of the test partition, each in the order of the plan. */
export async function openSources(plan: TablePlan, folder: string, database: Database): Promise<SourceTable[]> {
  const maxBytes = plan.sample?.bytes;
  const budget = { maxBytes: plan.limits.maxUnpackedBytes, usedBytes: 0 };
  const ordered = [...plan.sources.entries()].sort(([, a], [, b]) => rank(a.partition) - rank(b.partition));
  const opened: SourceTable[] = [];
  for (const [index, source] of ordered) {
    const prepared = await prepareSource(source, index, { folder, reading: plan.reading, budget, maxBytes });
    const table = await FORMATS[prepared.format](prepared, { plan, database });
    opened.push({ extent: prepared.extent, ...table });
  }
  return opened;
}

function rank(partition: 'train' | 'test'): number {
  return partition === 'train' ? 0 : 1;
}
