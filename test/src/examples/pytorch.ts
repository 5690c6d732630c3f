import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrainingJob } from '@athanor/contracts/training';
import { runCommand } from '../mesh/run-athanor.js';
import type { ImageRows } from './export-images.js';

/** The Python of the benchmarks, if it has these modules. */
export async function findPython(modules: readonly string[]): Promise<string | undefined> {
  const python = process.env.ATHANOR_BENCH_PYTHON;
  if (python === undefined) return undefined;
  const found = await runCommand(python, ['-c', `import ${modules.join(', ')}`]).catch(() => ({ code: 1 }));
  return found.code === 0 ? python : undefined;
}

/** Runs a script beside this file; the accuracy on the test rows that it prints. */
export async function accuracyInPyTorch(python: string, script: string, words: readonly string[]): Promise<number> {
  const path = fileURLToPath(new URL(`../../src/examples/${script}`, import.meta.url));
  const { code, stdout, stderr } = await runCommand(python, [path, ...words]);
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr.slice(-2_000)}`);
  return (JSON.parse(stdout.trim().split('\n').at(-1)!) as { accuracy: number }).accuracy;
}

/** A file with the work of a script; returns its path. */
export async function writeWork(folder: string, work: object): Promise<string> {
  const path = join(folder, 'work.json');
  await writeFile(path, JSON.stringify(work));
  return path;
}

/** Writes the rows of training and test to a folder: what a script needs to know to read them. */
export async function writeRows(folder: string, { shape, classes, splits }: ImageRows): Promise<object> {
  const write = async (split: 'train' | 'test') => {
    const [images, labels] = [join(folder, `${split}.images`), join(folder, `${split}.labels`)];
    await writeFile(images, splits[split].pixels);
    await writeFile(labels, Uint8Array.from(splits[split].labels));
    return { images, labels };
  };
  return { shape, classes: classes.length, train: await write('train'), test: await write('test') };
}

/** Of a job; NaN if it has none. */
export function accuracyOf({ result }: TrainingJob): number {
  return result?.evaluation?.metrics.find(metric => metric.name === 'accuracy')?.value ?? Number.NaN;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

export const figures = (values: readonly number[]): string => values.map(each => each.toFixed(4)).join(', ');
