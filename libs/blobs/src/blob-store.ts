/**
 * A content-addressed, immutable store. A blob's name is the digest of its bytes, so writing it twice is safe, it never
 * changes, and it is verified whenever it is read. Digests are written as `sha256:` and 64 hexadecimal digits.
 */
export interface BlobStore {
  /**
   * Stores the bytes: they are durable afterwards, or nothing is stored. An existing blob is unchanged.
   *
   * @throws BlobError `digest_mismatch` if `expectedDigest` is given and differs; `storage_full`.
   */
  put(source: BlobSource, options?: PutOptions): Promise<BlobRef>;
  /**
   * The bytes from `offset` on. The whole blob is read and verified; the last piece is returned only if the digest is
   * right, so a reader that reaches the end has the right bytes.
   *
   * @throws BlobError `not_found`; `corrupt`, at the latest instead of the end.
   */
  get(digest: string, options?: GetOptions): AsyncIterable<Uint8Array>;
  /** All bytes at once, verified. */
  read(digest: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  stat(digest: string): Promise<BlobRef | undefined>;
  /** In no particular order. */
  list(): AsyncIterable<BlobRef>;
  /** @returns false if there was none. */
  delete(digest: string): Promise<boolean>;
  /** Rejects if the store cannot be used. For health checks. */
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
