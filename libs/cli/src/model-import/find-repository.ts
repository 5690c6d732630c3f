// The models of a Triton model repository, or of a folder with folders of MLflow.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { type Artifact, filesOf, findArtifact } from './find-artifact.js';
import { MLFLOW_FILE } from './mlflow-folder.js';
import { selectVersions } from './version-policy.js';

/** One model of a repository. */
export interface RepositoryModel {
  /** The folder's name. */
  readonly name: string;
  /** Its versions to import, in ascending order; an error if they cannot be found. */
  readonly versions: () => Promise<readonly Artifact[]>;
}

const CONFIG_FILE = 'config.pbtxt';
const VERSION_FOLDER = /^[1-9]\d*$/;

/** In the order of names. @throws if the folder contains no model. */
export async function findRepository(folder: string): Promise<RepositoryModel[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(error => {
    throw new CliError(`${folder} cannot be read: ${(error as Error).message}`, EXIT_CODES.usage, { cause: error });
  });
  const names = entries.map(({ name }) => name).filter(name => !name.startsWith('.'));
  const models: RepositoryModel[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (!(await stat(path)).isDirectory()) continue;
    const inside = await readdir(path);
    if (inside.includes(MLFLOW_FILE)) models.push({ name, versions: async () => [await findArtifact(path)] });
    else if (inside.includes(CONFIG_FILE) || inside.some(each => VERSION_FOLDER.test(each)))
      models.push({ name, versions: () => tritonVersions(path, inside) });
  }
  if (models.length > 0) return models;
  throw new CliError(
    `${folder}: expected folders with ${CONFIG_FILE} or a numeric version folder (Triton), or with ${MLFLOW_FILE} (MLflow); found ${names.slice(0, 10).join(', ') || 'nothing'}. A single model is imported with: athanor model import <name> <file-or-folder>`,
    EXIT_CODES.usage,
  );
}

/** A version is its own folder and what lies beside it for all versions: config.pbtxt, labels, warm-up data. */
async function tritonVersions(folder: string, inside: readonly string[]): Promise<Artifact[]> {
  const found = inside.filter(name => VERSION_FOLDER.test(name)).map(Number);
  if (found.length === 0)
    throw new CliError(
      `${folder}: expected a version folder such as 1/model.onnx, found ${inside.join(', ')}`,
      EXIT_CODES.usage,
    );
  const config = inside.includes(CONFIG_FILE) ? await readFile(join(folder, CONFIG_FILE), 'utf8') : undefined;
  const selected = await selectVersions(config, found);
  const all = await filesOf(folder);
  return selected.map(version => {
    const isShared = (path: string) => !VERSION_FOLDER.test(path.split('/')[0] ?? '');
    const files = all.filter(({ path }) => isShared(path) || path.startsWith(`${version}/`));
    return { source: join(folder, String(version)), files };
  });
}
