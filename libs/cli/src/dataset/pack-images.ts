// A folder of images as one archive, so that it is uploaded like any other file and an upload that breaks off resumes.
// Equal folders give equal bytes: files in the order of their paths, without times and owners.

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createTarPacker } from 'modern-tar';

const IMAGE_NAME = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|avif|hei[cf])$/i;
const LIST_NAME = /\.csv$/i;

/** Whether there is an image in this folder, or in a folder inside of it. */
export async function hasImages(folder: string, { isFlat }: { readonly isFlat: boolean }): Promise<boolean> {
  for await (const path of walk(folder)) if ((isFlat || path.includes('/')) && IMAGE_NAME.test(path)) return true;
  return false;
}

export interface PackedImages {
  readonly path: string;
  readonly images: number;
  /** Files that are neither images nor lists of labels, and not part of the archive. */
  readonly leftOut: readonly string[];
}

/** Packs the folder, and removes the archive after the work with it. */
export async function withPackedImages<T>(
  folder: string,
  { work, signal }: { readonly work: (packed: PackedImages) => Promise<T>; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const temporary = await mkdtemp(join(tmpdir(), 'athanor-images-'));
  try {
    const path = join(temporary, `${basename(resolve(folder))}.tar`);
    const packed: string[] = [];
    const leftOut: string[] = [];
    for await (const file of walk(folder))
      (IMAGE_NAME.test(file) || LIST_NAME.test(file) ? packed : leftOut).push(file);
    await writeTar(packed, { folder, path, signal });
    return await work({ path, images: packed.filter(file => IMAGE_NAME.test(file)).length, leftOut });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

interface TarFile {
  readonly folder: string;
  readonly path: string;
  readonly signal: AbortSignal | undefined;
}

async function writeTar(files: readonly string[], { folder, path, signal }: TarFile): Promise<void> {
  const { readable, controller } = createTarPacker();
  const writing = pipeline(Readable.fromWeb(readable as ReadableStream<Uint8Array>), createWriteStream(path), {
    ...(signal && { signal }),
  });
  const adding = addFiles(files, folder, controller).catch(error => {
    controller.error(error);
    throw error;
  });
  await Promise.all([adding, writing]);
}

async function addFiles(
  files: readonly string[],
  folder: string,
  controller: ReturnType<typeof createTarPacker>['controller'],
): Promise<void> {
  for (const name of files) {
    const { size } = await stat(join(folder, name));
    const body = controller.add({ name, size, mode: 0o644, mtime: new Date(0) }).getWriter();
    for await (const chunk of createReadStream(join(folder, name))) await body.write(chunk as Uint8Array);
    await body.close();
  }
  controller.finalize();
}

/** Paths of files relative to the folder, with "/", in the order of code units; hidden ones are left out. */
async function* walk(folder: string, prefix = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX');
  for (const entry of visible.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${prefix}${entry.name}`;
    // Links to files are followed; links to folders could form a circle.
    if (entry.isDirectory()) yield* walk(folder, `${path}/`);
    else if (entry.isFile() || (await stat(join(folder, path)).catch(() => undefined))?.isFile()) yield path;
  }
}
