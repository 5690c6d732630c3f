import { ServiceError } from '../errors/index.js';

/** A page of a list: its size, and the key that it starts after. */
export interface Page<Key> {
  readonly size: number;
  /** The last key of the previous page; undefined for the first page. */
  readonly after: Key | undefined;
}

export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

const MAX_PAGE_SIZE = 1_000;

interface KeyTypes {
  readonly string: string;
  readonly number: number;
}

/**
 * Reads page_size and page_token of a List request (https://google.aip.dev/158) whose rows have keys of the given type.
 */
export function readPage<T extends keyof KeyTypes>(
  { pageSize, pageToken }: PageRequest,
  keyType: T,
  defaultSize = 50,
): Page<KeyTypes[T]> {
  if (pageSize < 0)
    throw new ServiceError('INVALID_ARGUMENT', `page_size: expected 0 to ${MAX_PAGE_SIZE}, got ${pageSize}`);
  const size = Math.min(pageSize || defaultSize, MAX_PAGE_SIZE);
  return { size, after: pageToken === '' ? undefined : decodeToken(pageToken, keyType) };
}

/** Cuts rows, of which one more than the page size was read, to a page and the token of the next. */
export function toPage<Row, Key>(
  rows: Row[],
  page: Page<Key>,
  key: (row: Row) => Key,
): { rows: Row[]; nextPageToken: string } {
  if (rows.length <= page.size) return { rows, nextPageToken: '' };
  const kept = rows.slice(0, page.size);
  return { rows: kept, nextPageToken: encodePageToken(key(kept.at(-1) as Row)) };
}

/** The page_token of the page that starts after this key. */
export function encodePageToken(lastKey: unknown): string {
  return Buffer.from(JSON.stringify(lastKey)).toString('base64url');
}

function decodeToken<T extends keyof KeyTypes>(token: string, keyType: T): KeyTypes[T] {
  const key = parseJson(Buffer.from(token, 'base64url').toString('utf8'));
  const fits = typeof key === keyType && (typeof key !== 'number' || (Number.isSafeInteger(key) && key >= 0));
  if (fits) return key as KeyTypes[T];
  throw new ServiceError(
    'INVALID_ARGUMENT',
    'page_token: expected the next_page_token of an earlier response of this method',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
