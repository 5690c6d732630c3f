// What of a path is uploaded: one file, a folder, or the model of an MLflow folder.

import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { usageError } from '../exit-codes.js';
import { findMlflowModel, MLFLOW_FILE } from './mlflow-folder.js';

export interface ArtifactFile {
  readonly localPath: string;
  /** Relative to the artifact, with "/". */
  readonly path: string;
  readonly byteSize: number;
}

/** The files of one model. */
export interface Artifact {
  /** As its owner named it, for the lineage. */
  readonly source: string;
  readonly files: readonly ArtifactFile[];
}

/** As the registry limits it. */
const MAX_FILES = 1_000;

export async function findArtifact(path: string): Promise<Artifact> {
  const info = await stat(path).catch(error => {
    throw usageError(`${path} cannot be read: ${(error as Error).message}`, error);
  });
  if (info.isFile()) {
    if (info.size === 0) throw usageError(`${path}: expected a model, got an empty file; export it again`);
    return { source: path, files: [{ localPath: path, path: basename(path), byteSize: info.size }] };
  }
  const names = await readdir(path);
  const folder = names.includes(MLFLOW_FILE) ? await findMlflowModel(path) : path;
  return { source: path, files: await filesOf(folder) };
}

/** The regular files below a folder, without hidden and empty ones. */
export async function filesOf(folder: string): Promise<ArtifactFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const shown = entries.filter(entry => entry.isFile() && !isHidden(entry, folder));
  if (shown.length === 0) throw usageError(`${folder}: expected the files of a model, found none`);
  if (shown.length > MAX_FILES)
    throw usageError(
      `${folder}: expected at most ${MAX_FILES} files, found ${shown.length}; name the folder of one model`,
    );
  const files = await Promise.all(
    shown.map(async entry => {
      const localPath = join(entry.parentPath, entry.name);
      const { size: byteSize } = await stat(localPath);
      return { localPath, path: relative(folder, localPath).split(sep).join('/'), byteSize };
    }),
  );
  const filled = files.filter(({ byteSize }) => byteSize > 0);
  if (filled.length === 0) throw usageError(`${folder}: expected the files of a model, found empty files only`);
  return filled.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isHidden(entry: Dirent, folder: string): boolean {
  return relative(folder, join(entry.parentPath, entry.name))
    .split(sep)
    .some(name => name.startsWith('.'));
}
