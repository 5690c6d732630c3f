/**
 * A content-addressed, immutable store. A blob's name is the digest of its bytes, so it can be written twice without
 * harm, never changes, and is checked whenever it is read. Digests are written `sha256:` and 64 hexadecimal digits.
 */
export interface BlobStore {
  /**
   * Stores the bytes; afterwards they are durable, or nothing is there. A blob that exists already stays as it is.
   *
   * @throws BlobError `digest_mismatch` when `expectedDigest` is given and the bytes have another; `storage_full`.
   */
  put(source: BlobSource, options?: PutOptions): Promise<BlobRef>;
  /**
   * The bytes from `offset` on. The whole blob is read and checked; the last piece is handed out only when the digest
   * is right, so a reader that reaches the end has the true bytes.
   *
   * @throws BlobError `not_found`; `corrupt`, at the latest instead of the end.
   */
  get(digest: string, options?: GetOptions): AsyncIterable<Uint8Array>;
  /** All bytes at once, checked. */
  read(digest: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  stat(digest: string): Promise<BlobRef | undefined>;
  /** In no particular order. */
  list(): AsyncIterable<BlobRef>;
  /** @returns false when there was none. */
  delete(digest: string): Promise<boolean>;
  /** Rejects when the store cannot be used. For health checks. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export type BlobSource = Uint8Array | AsyncIterable<Uint8Array>;

export interface BlobRef {
  readonly digest: string;
  readonly byteSize: number;
}

export interface PutOptions {
  readonly expectedDigest?: string;
  readonly signal?: AbortSignal;
}

export interface GetOptions {
  readonly offset?: number;
  readonly signal?: AbortSignal;
}
