// A model that MLflow saved (https://mlflow.org/docs/latest/ml/model): the file MLmodel says in which flavors.

import { readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { parse } from 'yaml';
import { usageError } from '../exit-codes.js';

export const MLFLOW_FILE = 'MLmodel';

/** The folder of the ONNX file, which its external data lies beside. */
export async function findMlflowModel(folder: string): Promise<string> {
  const data = await readDataPath(folder);
  const path = normalize(data);
  if (path.startsWith('..') || path.startsWith(sep))
    throw usageError(`${folder}/${MLFLOW_FILE}: expected flavors.onnx.data inside the folder, got '${data}'`);
  const model = join(folder, path);
  const info = await stat(model).catch(error => {
    throw usageError(
      `${folder}/${MLFLOW_FILE} names '${data}', which cannot be read: ${(error as Error).message}`,
      error,
    );
  });
  // Newer releases save the model in a folder of its own.
  return info.isDirectory() ? model : dirname(model);
}

async function readDataPath(folder: string): Promise<string> {
  const path = join(folder, MLFLOW_FILE);
  let content: unknown;
  try {
    content = parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as Error).message}`, error);
  }
  const flavors = (content as { flavors?: Readonly<Record<string, { data?: unknown }>> } | null)?.flavors ?? {};
  const data = flavors.onnx?.data;
  if (typeof data === 'string' && data !== '') return data;
  const found = Object.keys(flavors).join(', ') || 'none';
  throw usageError(
    `${path}: expected the flavor onnx with its file in flavors.onnx.data, got the flavors ${found}; save the model with mlflow.onnx.save_model`,
  );
}
