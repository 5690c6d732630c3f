import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { hasImages } from './pack-images.js';

/** A file to upload and its role. */
export interface SourceFile {
  readonly path: string;
  readonly role: 'ROLE_FEATURES' | 'ROLE_LABELS';
  readonly partition: 'train' | 'test';
  /** A folder of images, which is packed first. */
  readonly isImageFolder?: boolean;
}

export interface FoundSources {
  /** UNSPECIFIED: the service recognizes it by content. */
  readonly format: 'FORMAT_IDX' | 'FORMAT_IMAGES' | 'FORMAT_UNSPECIFIED';
  readonly files: readonly SourceFile[];
}

// The file names of MNIST and similar datasets; "-" or "." before idx, gzipped or not.
const IDX_NAMES: readonly { pattern: RegExp; role: SourceFile['role']; partition: SourceFile['partition'] }[] = [
  { pattern: /^train-images[-.]idx3-ubyte(\.gz)?$/, role: 'ROLE_FEATURES', partition: 'train' },
  { pattern: /^train-labels[-.]idx1-ubyte(\.gz)?$/, role: 'ROLE_LABELS', partition: 'train' },
  { pattern: /^t10k-images[-.]idx3-ubyte(\.gz)?$/, role: 'ROLE_FEATURES', partition: 'test' },
  { pattern: /^t10k-labels[-.]idx1-ubyte(\.gz)?$/, role: 'ROLE_LABELS', partition: 'test' },
];
const TABLE_NAME = /\.(csv|tsv|txt|data|json|jsonl|ndjson|parquet|arrow|arrows|feather)(\.(gz|zst))?$/i;

/** A CSV in a folder of images, which is no table. */
const LABEL_LIST = 'labels.csv';

export interface FindOptions {
  /** Files or folders of test rows. */
  readonly test?: readonly string[];
  /** A CSV of labels in a folder of images, if it has another name. */
  readonly labels?: string;
}

/**
 * Determines what paths contain: one folder of IDX files, folders of images, or tables: files, or folders of them in the
 * order of names.
 */
export async function findSources(
  paths: readonly string[],
  { test: testPaths = [], labels = LABEL_LIST }: FindOptions = {},
): Promise<FoundSources> {
  const [first = '', ...others] = paths;
  if (others.length === 0 && testPaths.length === 0 && (await isFolder(first))) {
    const images = await findIdxFiles(first);
    if (images.length > 0) return { format: 'FORMAT_IDX', files: images };
  }
  const find = async (given: readonly string[], partition: SourceFile['partition']) => {
    const found: SourceFile[] = [];
    for (const path of given) {
      if (await isImageFolder(path, labels))
        found.push({ path, role: 'ROLE_FEATURES', partition, isImageFolder: true });
      else for (const file of await findTables(path)) found.push({ path: file, role: 'ROLE_FEATURES', partition });
    }
    return found;
  };
  const files = [...(await find(paths, 'train')), ...(await find(testPaths, 'test'))];
  const hasImages = files.some(file => file.isImageFolder);
  return { format: hasImages ? 'FORMAT_IMAGES' : 'FORMAT_UNSPECIFIED', files };
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch(error => {
    throw new CliError(`${path} cannot be read: ${(error as Error).message}`, EXIT_CODES.usage, { cause: error });
  });
  return info.isDirectory();
}

/** Images in folders or with a CSV of labels, and no tables beside these. */
async function isImageFolder(path: string, labels: string): Promise<boolean> {
  if (!(await isFolder(path))) return false;
  const names = await readdir(path);
  if (names.some(name => TABLE_NAME.test(name) && name !== labels)) return false;
  return await hasImages(path, { isFlat: names.includes(labels) });
}

/** Empty if the folder has no training images of such a name. */
async function findIdxFiles(folder: string): Promise<SourceFile[]> {
  const names = (await readdir(folder)).sort();
  const files = IDX_NAMES.flatMap(({ pattern, role, partition }) => {
    const name = names.find(each => pattern.test(each));
    return name === undefined ? [] : [{ path: join(folder, name), role, partition }];
  });
  return files.some(file => file.partition === 'train' && file.role === 'ROLE_FEATURES') ? files : [];
}

async function findTables(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path];
  const names = (await readdir(path)).sort();
  const tables = names.filter(name => TABLE_NAME.test(name));
  if (tables.length > 0) return tables.map(name => join(path, name));
  const expected =
    'tables (.csv, .tsv, .json, .jsonl, .parquet, …), images in folders named after their class, or train-images-idx3-ubyte and train-labels-idx1-ubyte';
  throw new CliError(
    `${path}: expected ${expected}, gzipped or not; found ${names.slice(0, 10).join(', ') || 'nothing'}`,
    EXIT_CODES.usage,
  );
}
