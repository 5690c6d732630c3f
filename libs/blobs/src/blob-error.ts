export type BlobErrorKind =
  | 'not_found'
  | 'corrupt'
  | 'digest_mismatch'
  | 'invalid_digest'
  | 'storage_full'
  | 'unavailable';

export interface BlobErrorDetails {
  readonly cause?: unknown;
  /** The requested digest. */
  readonly expected?: string;
  /** The digest, or other content, that was found. */
  readonly found?: string;
}

export class BlobError extends Error {
  override readonly name = 'BlobError';
  readonly kind: BlobErrorKind;
  readonly expected: string | undefined;
  readonly found: string | undefined;

  constructor(kind: BlobErrorKind, message: string, details: BlobErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.expected = details.expected;
    this.found = details.found;
  }
}

export function isBlobError(error: unknown, kind?: BlobErrorKind): error is BlobError {
  return error instanceof BlobError && (kind === undefined || error.kind === kind);
}

export function notFound(digest: string): BlobError {
  return new BlobError('not_found', `no blob ${digest} exists`, { expected: digest });
}

export function digestMismatch(expected: string, found: string): BlobError {
  return new BlobError('digest_mismatch', `the bytes have digest ${found}, expected ${expected}; send them again`, {
    expected,
    found,
  });
}

export function storageFull(cause: unknown): BlobError {
  return new BlobError('storage_full', 'the blob store is full; nothing was written. Free space, then retry', {
    cause,
  });
}
