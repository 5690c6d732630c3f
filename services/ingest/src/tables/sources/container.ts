// What a file is, by its first bytes.

export type Compression = 'none' | 'gzip' | 'zstd';

const COMPRESSIONS: readonly { readonly compression: Compression; readonly magic: readonly number[] }[] = [
  { compression: 'gzip', magic: [0x1f, 0x8b] },
  { compression: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
];

export function compressionOf(head: Uint8Array): Compression {
  return COMPRESSIONS.find(({ magic }) => startsWith(head, magic))?.compression ?? 'none';
}

/** Files that are no tables, with what to do instead. */
const REFUSED: readonly { readonly magic: readonly number[]; readonly what: string }[] = [
  { magic: [0x50, 0x4b, 3, 4], what: 'a zip archive (or an Excel workbook); unpack it, or save the sheet as CSV' },
  { magic: [0x50, 0x4b, 5, 6], what: 'an empty zip archive; upload the file itself' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], what: 'an Excel workbook; save the sheet as CSV' },
  { magic: [0x42, 0x5a, 0x68], what: 'compressed by bzip2; compress it by gzip or zstd instead' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'compressed by xz; compress it by gzip or zstd instead' },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], what: 'a 7z archive; unpack it' },
  { magic: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document; save the table as CSV' },
  { magic: [...Buffer.from('SQLite format 3')], what: 'an SQLite database; export the table as CSV' },
  { magic: [...Buffer.from('FEA1')], what: 'a Feather file of version 1; write it with version 2' },
];

/** Why a file is refused, after "got "; undefined for text, Parquet and Arrow. */
export function refusedContainer(head: Uint8Array): string | undefined {
  return REFUSED.find(({ magic }) => startsWith(head, magic))?.what;
}

export function isParquet(head: Uint8Array): boolean {
  return startsWith(head, [...Buffer.from('PAR1')]);
}

/** A table in a binary format, which is read from its end: its beginning alone says nothing. */
export function isBinary(head: Uint8Array): boolean {
  return isParquet(head) || isArrow(head);
}

/** An Arrow IPC file, or a stream of its messages. */
export function isArrow(head: Uint8Array): boolean {
  return startsWith(head, [...Buffer.from('ARROW1')]) || startsWith(head, [0xff, 0xff, 0xff, 0xff]);
}

/** The encoding that a byte order mark says. */
export function markedEncoding(head: Uint8Array): string | undefined {
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le';
  return startsWith(head, [0xfe, 0xff]) ? 'utf-16be' : undefined;
}

/** JSON by the name of the file, else by its first character. */
export function isJson(filename: string, head: Uint8Array): boolean {
  const name = filename.toLowerCase().replace(/\.(gz|zst|zstd)$/, '');
  if (/\.(json|jsonl|ndjson)$/.test(name)) return true;
  if (/\.(csv|tsv|txt|data)$/.test(name)) return false;
  return /^\uFEFF?\s*(\{\s*["}]|\[\s*[{\]])/.test(Buffer.from(head).toString('utf8'));
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return head.length >= magic.length && magic.every((byte, index) => head[index] === byte);
}
