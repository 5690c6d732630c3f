import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ArtifactFile } from '@athanor/contracts/training';
import { filesBelow, type Model, readModelWithData } from '@athanor/onnx';
import { InvalidTrainingData } from '../engine/index.js';
import type { AttemptClient } from './attempt-client.js';

const MODEL_FILE = 'model.onnx';

export interface ModelFiles {
  readonly folder: string;
  /** Of the model's file, beside its external data. */
  readonly path: string;
  remove(): Promise<void>;
}

/** Fetches the files of a registered version into a folder. Throws InvalidTrainingData for a name that leads out of it. */
export async function fetchModelFiles(client: AttemptClient, files: readonly ArtifactFile[]): Promise<ModelFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-model-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const { name, digest } of files) {
      const path = join(folder, name);
      if (!path.startsWith(`${folder}/`))
        throw new InvalidTrainingData(`'${name}' is not a path inside the model's folder`);
      await mkdir(dirname(path), { recursive: true });
      await client.readBlobTo(digest, path);
    }
    return { folder, path: join(folder, MODEL_FILE), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The graph and weights of a registered version. Throws ModelError. */
export async function readModelFiles(client: AttemptClient, files: readonly ArtifactFile[]): Promise<Model> {
  const { folder, path, remove } = await fetchModelFiles(client, files);
  try {
    return readModelWithData(await readFile(path), filesBelow(folder));
  } finally {
    await remove();
  }
}
