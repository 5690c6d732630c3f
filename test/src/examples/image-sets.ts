import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import { importIdx } from '../mesh/main-job.js';
import { MNIST } from '../mesh/mnist.js';
import { runAthanor } from '../mesh/run-athanor.js';
import type { TestMesh } from '../mesh/test-mesh.js';
import { exportImages, type ImageRows } from './export-images.js';
import { DATA } from './table-sets.js';

/** How a row is asked for, and what it is. */
export interface AskedRow {
  /** Options of `athanor infer`. */
  readonly words: readonly string[];
  readonly label: string;
}

/** Images of an example as they were imported. */
export interface ImportedImages {
  readonly dataset: string;
  /** Of the test split. */
  ask(row: number): Promise<AskedRow>;
  /** For another program that trains on the same rows. */
  rows?(): Promise<ImageRows>;
}

export interface ImageSet {
  readonly source: string;
  readonly summary: string;
  import(mesh: TestMesh, home: string): Promise<ImportedImages>;
}

/** Images that each served model is asked for. */
export const ASKED = 20;

export const isThere = ({ source }: ImageSet): boolean => existsSync(source);

export const mnist: ImageSet = {
  source: MNIST,
  summary: 'MNIST: 60,000 and 10,000 images',
  async import({ client }) {
    await importIdx(client, 'mnist', MNIST);
    const labels = (await readFile(join(MNIST, 't10k-labels-idx1-ubyte'))).subarray(8);
    return {
      dataset: 'mnist',
      ask: async row => ({
        words: ['--idx', join(MNIST, 't10k-images-idx3-ubyte'), '--row', String(row)],
        label: String(labels[row]),
      }),
    };
  },
};

const CIFAR = join(DATA, 'cifar10-sample-a/cifar10_images.zip');

export const cifar: ImageSet = {
  source: CIFAR,
  summary: 'a sample of CIFAR-10: 3,000 and 1,000 images in folders named after their class',
  async import({ client }, home) {
    const { version } = await athanor<DatasetVersion>(home, ['dataset', 'import', 'cifar', CIFAR]);
    const rows = await exportImages(client, 'cifar', version);
    return {
      dataset: 'cifar',
      rows: async () => rows,
      ask: row => askImage(home, rows, row),
    };
  },
};

/** One image of the test split; its pixels are written to a file in the folder. */
export async function askImage(folder: string, { shape, classes, splits }: ImageRows, row: number): Promise<AskedRow> {
  const { pixels, labels } = splits.test;
  const size = shape.reduce((product, each) => product * each, 1);
  const image = nested([...pixels.subarray(row * size, (row + 1) * size)], shape.slice(1));
  const file = join(folder, 'row.json');
  await writeFile(file, JSON.stringify({ image }));
  return { words: ['--json', `@${file}`], label: classes[labels[row]!]! };
}

/** How many of the first images of the test split a served model gives the right label, asked one by one. */
export async function countRight(
  home: string,
  deployment: string,
  { ask }: Pick<ImportedImages, 'ask'>,
): Promise<number> {
  let right = 0;
  for (let row = 0; row < ASKED; row++) {
    const { words, label } = await ask(row);
    const answer = JSON.stringify(await athanor<object>(home, ['infer', deployment, ...words]));
    if (answer.includes(`"${label}"`)) right++;
  }
  return right;
}

/** Values in row-major order as arrays of arrays, the last of `sizes` innermost. */
function nested(values: readonly unknown[], sizes: readonly number[]): readonly unknown[] {
  return sizes.reduceRight<readonly unknown[]>(
    (inner, size) =>
      Array.from({ length: inner.length / size }, (_, index) => inner.slice(index * size, (index + 1) * size)),
    values,
  );
}

/** Runs a command of the CLI; what it prints as JSON. */
export async function athanor<T>(home: string, words: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await runAthanor(['--home', home, ...words, '-o', 'json']);
  if (code !== 0) throw new Error(`athanor ${words.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
