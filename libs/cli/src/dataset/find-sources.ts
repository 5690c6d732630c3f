import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT_CODES } from '../exit-codes.js';

/** A file to upload and its role. */
export interface SourceFile {
  readonly path: string;
  readonly role: 'ROLE_FEATURES' | 'ROLE_LABELS';
  readonly partition: 'train' | 'test';
}

export interface FoundSources {
  readonly format: 'FORMAT_IDX' | 'FORMAT_CSV';
  readonly files: readonly SourceFile[];
}

// The file names of MNIST and similar datasets; "-" or "." before idx, gzipped or not.
const IDX_NAMES: readonly { pattern: RegExp; role: SourceFile['role']; partition: SourceFile['partition'] }[] = [
  { pattern: /^train-images[-.]idx3-ubyte(\.gz)?$/, role: 'ROLE_FEATURES', partition: 'train' },
  { pattern: /^train-labels[-.]idx1-ubyte(\.gz)?$/, role: 'ROLE_LABELS', partition: 'train' },
  { pattern: /^t10k-images[-.]idx3-ubyte(\.gz)?$/, role: 'ROLE_FEATURES', partition: 'test' },
  { pattern: /^t10k-labels[-.]idx1-ubyte(\.gz)?$/, role: 'ROLE_LABELS', partition: 'test' },
];

/** Determines what a path contains: a folder of IDX files, or a CSV file. */
export async function findSources(path: string, testFile?: string): Promise<FoundSources> {
  const info = await stat(path).catch(error => {
    throw new CliError(`${path} cannot be read: ${(error as Error).message}`, EXIT_CODES.usage, { cause: error });
  });
  if (info.isDirectory()) return { format: 'FORMAT_IDX', files: await findIdxFiles(path) };
  const test: SourceFile[] =
    testFile === undefined ? [] : [{ path: testFile, role: 'ROLE_FEATURES', partition: 'test' }];
  return { format: 'FORMAT_CSV', files: [{ path, role: 'ROLE_FEATURES', partition: 'train' }, ...test] };
}

async function findIdxFiles(folder: string): Promise<SourceFile[]> {
  const names = (await readdir(folder)).sort();
  const files = IDX_NAMES.flatMap(({ pattern, role, partition }) => {
    const name = names.find(each => pattern.test(each));
    return name === undefined ? [] : [{ path: join(folder, name), role, partition }];
  });
  if (!files.some(file => file.partition === 'train' && file.role === 'ROLE_FEATURES')) {
    const expected =
      'train-images-idx3-ubyte and train-labels-idx1-ubyte (and t10k-… for the test set), gzipped or not';
    throw new CliError(
      `${folder}: expected ${expected}; found ${names.slice(0, 10).join(', ') || 'nothing'}`,
      EXIT_CODES.usage,
    );
  }
  return files;
}
