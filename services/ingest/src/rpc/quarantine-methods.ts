import type { BlobStore } from '@athanor/blobs';
import type { QuarantinedRowInput } from '@athanor/contracts/ingest';
import { encodePageToken, readPage } from '@athanor/service';
import type { IngestDependencies, IngestMethods } from './dependencies.js';
import { expectReady } from './version-methods.js';

const DEFAULT_ROWS = 100;
/** Of the stored rows of a page; a message has at most 4 MiB. */
const MAX_PAGE_BYTES = 1024 * 1024;

export function quarantineMethods({ db, blobs }: IngestDependencies): Pick<IngestMethods, 'listQuarantinedRows'> {
  return {
    async listQuarantinedRows({ datasetId, version, ...request }, { tenant, signal }) {
      const { result } = await expectReady(db, { tenant, datasetId, version });
      const { size, after: offset = 0 } = readPage(request, 'number', DEFAULT_ROWS);
      if (result.quarantineDigest === undefined) return { rows: [], nextPageToken: '' };
      const page = { digest: result.quarantineDigest, offset, size, signal };
      const { lines, end, isLast } = await readLines(blobs, page);
      return { rows: lines.map(parseRow), nextPageToken: isLast ? '' : encodePageToken(end) };
    },
  };
}

interface LinePage {
  readonly digest: string;
  /** In bytes, at the beginning of a line. */
  readonly offset: number;
  readonly size: number;
  readonly signal: AbortSignal;
}

async function readLines(blobs: BlobStore, { digest, offset, size, signal }: LinePage) {
  const lines: string[] = [];
  let rest: Uint8Array[] = [];
  let end = offset;
  const isFull = () => lines.length >= size || end - offset >= MAX_PAGE_BYTES;
  for await (const chunk of blobs.get(digest, { offset, signal })) {
    let begin = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, begin)) {
      if (isFull()) return { lines, end, isLast: false };
      const line = Buffer.concat([...rest, chunk.subarray(begin, at)]);
      lines.push(line.toString('utf8'));
      end += line.length + 1;
      rest = [];
      begin = at + 1;
    }
    rest.push(chunk.slice(begin));
  }
  return { lines, end, isLast: true };
}

const LINE_FEED = 10;

interface StoredRow {
  readonly rowId: string;
  readonly filename?: string;
  readonly rowNumber?: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly reasons: readonly { check: string; column: string | null; value?: string | null; detail: string }[];
}

function parseRow(line: string): QuarantinedRowInput {
  const { rowId, filename = '', rowNumber = 0, values, reasons } = JSON.parse(line) as StoredRow;
  const present = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  return {
    ...{ rowId, filename, rowNumber },
    values: Object.fromEntries(present),
    reasons: reasons.map(({ check, column, value, detail }) => ({
      ...{ check, column: column ?? '', detail },
      ...(value !== null && value !== undefined && { value }),
    })),
  };
}
