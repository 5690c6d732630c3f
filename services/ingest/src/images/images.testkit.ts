/* Archives of generated images, and imports of them without a process of their own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { type ColumnValues, readDictionary, readShard, textAt } from '@athanor/data';
import { temporaryDirectory } from '@athanor/testkit';
import sharp from 'sharp';
import { RESULT_FOLDER, SCRATCH_FOLDER } from '../child-process/child-message.js';
import { archiveChecks } from './checks/checks.js';
import type { ImagePlan, ImageResult } from './image-plan.js';
import { importImages } from './import-images.js';

export type Colour = readonly [number, number, number];

/** A picture with structure: a gradient of the colour from left to right, with noise of the seed. */
export function picture(width: number, height: number, colour: Colour, seed = 0): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  let state = seed + 1;
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const x = Math.floor(at / 3) % width;
    pixels[at] = Math.min(255, Math.round((colour[at % 3]! * (x + 1)) / width) + (state >>> 27));
  }
  return pixels;
}

/** A picture that has little in common with those of other seeds: waves of a few lengths and directions. */
export function scene(side: number, seed: number): Uint8Array {
  const waves = [1, 2, 3].map(k => [Math.sin(seed * 12.9 * k) * 9, Math.sin(seed * 78.2 * k) * 9, seed * k] as const);
  const pixels = new Uint8Array(side * side * 3);
  for (let at = 0; at < side * side; at++) {
    const [x, y] = [(at % side) / side, Math.floor(at / side) / side];
    const height = waves.reduce((sum, [a, b, phase]) => sum + Math.sin(a * x + b * y + phase), 0);
    pixels.fill(Math.round(128 + 40 * height), 3 * at, 3 * at + 3);
  }
  return pixels;
}

export function toSharp(pixels: Uint8Array, width: number, height: number, channels: 1 | 2 | 3 | 4 = 3) {
  return sharp(pixels, { raw: { width, height, channels } });
}

export function png(width: number, height: number, colour: Colour, seed = 0): Promise<Buffer> {
  return toSharp(picture(width, height, colour, seed), width, height)
    .png()
    .toBuffer();
}

export interface TestEntry {
  readonly path: string;
  readonly content: Uint8Array | string;
  /** In the directory, instead of the right one. */
  readonly crc?: number;
  readonly isPacked?: boolean;
  readonly isEncrypted?: boolean;
  /** In the directory, instead of the right one. */
  readonly byteSize?: number;
}

/** A zip archive as in APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
export function zip(entries: readonly TestEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content, crc, isPacked = false, isEncrypted = false, byteSize } of entries) {
    const bytes = Buffer.from(content as Uint8Array);
    const name = Buffer.from(path);
    const stored = isPacked ? deflateRawSync(bytes) : bytes;
    // Version, flags (encryption, UTF-8), method, time, date, checksum, sizes, and the length of the name.
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x0800 | Number(isEncrypted), 2);
    fields.writeUInt16LE(isPacked ? 8 : 0, 4);
    fields.writeUInt16LE(0x5021, 8);
    fields.writeUInt32LE(crc ?? crc32(bytes), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(byteSize ?? bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    files.push(Buffer.from('PK\x03\x04', 'latin1'), fields, name, stored);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, name);
    offset += 30 + name.length + stored.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

export interface ImportedImages extends ImageResult {
  /** By row id. */
  readonly rows: ReadonlyMap<
    string,
    { readonly split: string; readonly label: string; readonly path: string; readonly pixels: Uint8Array }
  >;
  readonly lines: readonly Record<string, unknown>[];
  readonly quarantined: readonly Record<string, unknown>[];
}

export type ImportImagesOptions = Partial<Omit<ImagePlan, 'sources' | 'limits'>> & {
  readonly limits?: Partial<ImagePlan['limits']>;
  readonly partition?: 'train' | 'test';
};

/** Imports one archive, and reads back what was written. */
export async function importArchive(content: Uint8Array, options: ImportImagesOptions = {}): Promise<ImportedImages> {
  const directory = await temporaryDirectory('images');
  const folder = directory.path;
  const { limits, partition = 'train', ...rest } = options;
  try {
    for (const name of [RESULT_FOLDER, SCRATCH_FOLDER]) await mkdir(join(folder, name));
    await writeFile(join(folder, 'source-0'), content);
    const plan: ImagePlan = {
      reading: { fit: 'cover' },
      checks: archiveChecks([]),
      split: { validationFraction: 0, testFraction: 0, salt: '' },
      acceptLoss: false,
      ...rest,
      sources: [{ file: 'source-0', filename: 'images.zip', partition }],
      limits: { memoryMiB: 256, threads: 2, deadlineMs: 60_000, maxUnpackedBytes: 2 ** 30, ...limits },
    };
    const result = await importImages(plan, folder, () => undefined);
    return await readBack(result, folder);
  } finally {
    await directory.remove();
  }
}

async function readBack(result: ImageResult, folder: string): Promise<ImportedImages> {
  const { dictionaryFile } = result.columns.find(({ name }) => name === 'label')!;
  const classes = readDictionary(await readFile(join(folder, dictionaryFile!)));
  const rows = new Map<string, { split: string; label: string; path: string; pixels: Uint8Array }>();
  for (const { split, shards } of result.splits) {
    for (const { file } of shards) {
      const { values, ids } = readShard(await readFile(join(folder, file)), result.columns);
      const [images, labels, paths] = [0, 1, 2].map(column => values.get(column)!) as ColumnValues[];
      if (images?.kind !== 'vector' || labels?.kind !== 'category' || paths?.kind !== 'text')
        throw new Error('columns');
      const rowBytes = images.tensor.shape.slice(1).reduce((a, b) => a * b);
      for (const [row, ordinal] of ids.ordinals.entries()) {
        rows.set(`${result.partitions[ids.partitions[row]!]}/${ordinal}`, {
          ...{ split, label: classes[labels.codes[row]!]!, path: textAt(paths, row) },
          pixels: (images.tensor.data as Uint8Array).slice(row * rowBytes, (row + 1) * rowBytes),
        });
      }
    }
  }
  const read = async (file: string | undefined) =>
    file === undefined ? [] : parseLines(await readFile(join(folder, file), 'utf8'));
  return { ...result, rows, lines: await read(result.findingsFile), quarantined: await read(result.quarantineFile) };
}

function parseLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>);
}
