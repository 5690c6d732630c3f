import { open } from 'node:fs/promises';
import type { QuarantinedRow } from '@athanor/contracts/ingest';
import type { ListPage } from '../output/pages.js';
import { quarantineCsv } from './quarantine-text.js';

const PAGE_SIZE = 1_000;

/** Writes all rows, a page at a time; their number. */
export async function writeQuarantine(list: ListPage<QuarantinedRow>, path: string): Promise<number> {
  const file = await open(path, 'w');
  try {
    let rows = 0;
    let pageToken = '';
    do {
      const page = await list({ pageSize: PAGE_SIZE, pageToken });
      await file.appendFile(quarantineCsv(page.items, { header: pageToken === '' }));
      rows += page.items.length;
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return rows;
  } finally {
    await file.close();
  }
}
