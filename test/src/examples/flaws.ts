// Precision and recall of each check against what was planted in a table.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uploadFile } from '@athanor/client';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { type FlawedTable, flawedTable, type Planted } from './planted-flaws.js';

/** The exit code: 1 if a check misses a flaw, or finds one that is none. */
export async function examplesOfFlaws(print: (text: string) => void): Promise<number> {
  const home = await temporaryHome('flaws');
  const mesh = await startMesh({ home, env: { ATHANOR_LOG_LEVEL: 'warn' } });
  try {
    const table = flawedTable();
    const found = await findingsOf(mesh, await importTable(mesh, home, table));
    const checks = [...new Set([...Object.keys(table.planted), ...found.keys()])].sort();
    const rows = checks.map(check => compare(check, table.planted[check], found.get(check) ?? new Set()));
    const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
    print(
      line(['check', 'about', 'planted', 'found', 'precision', 'recall']) +
        line(['---', '---', '---:', '---:', '---:', '---:']),
    );
    for (const { cells } of rows) print(line(cells));
    return rows.every(({ isExact }) => isExact) ? 0 : 1;
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
}

async function importTable({ client }: TestMesh, home: string, { train, test }: FlawedTable): Promise<DatasetVersion> {
  const sources = [];
  for (const [partition, content] of [
    ['train', train],
    ['test', test],
  ] as const) {
    const path = join(home, `${partition}.csv`);
    await writeFile(path, content);
    const { uploadId } = await uploadFile(client.ingest, path);
    sources.push({ uploadId, role: 'ROLE_FEATURES', partition } as const);
  }
  await client.ingest.createDataset({ datasetId: 'flaws' });
  await client.ingest.createDatasetVersion({ datasetId: 'flaws', sources, recipe: { targets: ['y'] } });
  let last: DatasetVersion | null = null;
  for await (const { datasetVersion } of client.ingest.watchDatasetVersion({ datasetId: 'flaws', version: 1 }))
    last = datasetVersion;
  if (last?.state !== 'STATE_READY') throw new Error(`the import failed: ${last?.preparation?.error?.message}`);
  return last;
}

/** By check: ids of rows, or columns of findings without rows. */
async function findingsOf({ client }: TestMesh, version: DatasetVersion): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  const add = (check: string, what: string) => found.set(check, (found.get(check) ?? new Set()).add(what));
  for (const { check, column, rows } of version.findings) if (rows === 0) add(check, column);
  const list = (page: { pageSize: number; pageToken: string }) =>
    client.ingest.listFindings({ datasetId: 'flaws', version: 1, ...page });
  let pageToken = '';
  do {
    const page = await list({ pageSize: 1_000, pageToken });
    for (const { check, rowId } of page.findings) add(check, rowId);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return found;
}

function compare(check: string, planted: Planted | undefined, found: ReadonlySet<string>) {
  const expected = planted?.found ?? new Set<string>();
  const right = [...found].filter(each => expected.has(each)).length;
  const share = (all: number) => (all === 0 ? '-' : (right / all).toFixed(3));
  return {
    cells: [check, planted?.about ?? 'rows', expected.size, found.size, share(found.size), share(expected.size)],
    isExact: right === found.size && right === expected.size,
  };
}
