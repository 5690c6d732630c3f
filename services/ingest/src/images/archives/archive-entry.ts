/** A file in an archive. Its path is a label: nothing is ever written under it. */
export interface ArchiveEntry {
  /** With "/" between its parts. */
  readonly path: string;
  /** The content, once and before the next entry is asked for. Throws DamagedEntry. */
  read(): Promise<Buffer>;
}

/** One entry cannot be read; the others may. The message is a reason, after "path: ". */
export class DamagedEntry extends Error {
  override readonly name = 'DamagedEntry';
}

/** Rethrows errors that are not about the entry. */
export function toFlaw(error: unknown): DamagedEntry {
  if (error instanceof DamagedEntry) return error;
  throw error;
}

/** Bytes of one entry: the largest photos have a tenth of it. */
export const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

export function tooLarge(bytes: number): DamagedEntry {
  return new DamagedEntry(`has ${bytes} bytes, more than the ${MAX_ENTRY_BYTES} allowed`);
}
