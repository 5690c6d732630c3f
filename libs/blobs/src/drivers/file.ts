/*
 * Blobs as files. A blob is written to a temporary file, made durable, and then renamed; so a process that dies leaves
 * at most a file in `tmp`, which a later opener removes.
 */

import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BlobError, digestMismatch, notFound, storageFull } from '../blob-error.js';
import type { BlobRef, BlobSource, BlobStore, GetOptions, PutOptions } from '../blob-store.js';
import { digestOfKey, finishDigest, keyOf, startDigest } from '../digest.js';
import { collect, piecesOf, verifiedContent } from '../verified-content.js';

export interface FileStoreOptions {
  /** A file in `tmp` without writes for this long was left by a process that died. Default one hour. */
  readonly leftoverAgeMs?: number;
  /** For tests of a failing disk. */
  readonly openFile?: (path: string, flags: string) => Promise<FileHandle>;
}

const READ_CHUNK_BYTES = 256 * 1024;

export async function openFileStore(url: string, options: FileStoreOptions = {}): Promise<BlobStore> {
  if (!url.startsWith('file:///')) throw new Error(`blob URL ${url}: expected file:///absolute/folder`);
  const root = fileURLToPath(url);
  await mkdir(join(root, 'tmp'), { recursive: true });
  await mkdir(join(root, 'sha256'), { recursive: true });
  await sweepLeftovers(join(root, 'tmp'), options.leftoverAgeMs ?? 3_600_000);
  return new FileStore(root, options.openFile ?? open);
}

class FileStore implements BlobStore {
  readonly #root: string;
  readonly #openFile: NonNullable<FileStoreOptions['openFile']>;

  constructor(root: string, openFile: NonNullable<FileStoreOptions['openFile']>) {
    this.#root = root;
    this.#openFile = openFile;
  }

  async put(source: BlobSource, options: PutOptions = {}): Promise<BlobRef> {
    if (options.expectedDigest !== undefined) keyOf(options.expectedDigest);
    const temporary = join(this.#root, 'tmp', randomUUID());
    try {
      const ref = await this.#write(temporary, piecesOf(source, options.signal));
      if (options.expectedDigest !== undefined && ref.digest !== options.expectedDigest) {
        throw digestMismatch(options.expectedDigest, ref.digest);
      }
      const path = this.#pathOf(ref.digest);
      const isNewFolder = (await mkdir(dirname(path), { recursive: true })) !== undefined;
      // Over an equal blob too: this repairs a corrupt one.
      await rename(temporary, path);
      await syncDirectory(dirname(path));
      if (isNewFolder) await syncDirectory(dirname(dirname(path)));
      return ref;
    } catch (error) {
      await rm(temporary, { force: true });
      throw isDiskFull(error) ? storageFull(error) : error;
    }
  }

  async #write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<BlobRef> {
    const file = await this.#openFile(path, 'wx');
    const hash = startDigest();
    let byteSize = 0;
    try {
      for await (const piece of pieces) {
        hash.update(piece);
        await writeFully(file, piece);
        byteSize += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return { digest: finishDigest(hash), byteSize };
  }

  async *get(digest: string, options: GetOptions = {}): AsyncGenerator<Uint8Array> {
    const ref = await this.stat(digest);
    if (!ref) throw notFound(digest);
    const { offset = 0, signal } = options;
    const stream = createReadStream(this.#pathOf(digest), {
      highWaterMark: READ_CHUNK_BYTES,
      ...(signal ? { signal } : {}),
    });
    yield* verifiedContent(stream, ref, offset);
  }

  read(digest: string, options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    return collect(this.get(digest, options));
  }

  async stat(digest: string): Promise<BlobRef | undefined> {
    try {
      return { digest, byteSize: (await stat(this.#pathOf(digest))).size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async *list(): AsyncGenerator<BlobRef> {
    const root = join(this.#root, 'sha256');
    for (const folder of await readdir(root)) {
      for (const name of await readdir(join(root, folder)).catch(() => [])) {
        const digest = digestOfKey(`sha256/${folder}/${name}`);
        const ref = digest && (await this.stat(digest));
        if (ref) yield ref;
      }
    }
  }

  async delete(digest: string): Promise<boolean> {
    try {
      await unlink(this.#pathOf(digest));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async check(): Promise<void> {
    try {
      await access(join(this.#root, 'tmp'), constants.W_OK);
    } catch (cause) {
      throw new BlobError('unavailable', `${this.#root} cannot be written to`, { cause });
    }
  }

  async close(): Promise<void> {}

  #pathOf(digest: string): string {
    return join(this.#root, keyOf(digest));
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.length - offset);
    offset += bytesWritten;
  }
}

/** A rename is durable only after its folder is synced. */
async function syncDirectory(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** By age, not by owner: other processes, perhaps on other machines, write to the same folder. */
async function sweepLeftovers(folder: string, ageMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const modifiedMs = await stat(path).then(
      file => file.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (Date.now() - modifiedMs >= ageMs) await rm(path, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
