// The files of an artifact: a bare ONNX file, a folder with external data, or a model's folder of a Triton repository.

import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { ModelConfig } from '@athanor/contracts/inference';
import { quoted } from '@athanor/onnx/files';
import { parseModelConfig } from '../config/parse-model-config.js';
import { ImportRefusal } from '../refusal.js';
import { adviceForFile } from './file-kind.js';

export interface Artifact {
  readonly folder: string;
  /** Relative path of the model. */
  readonly model: string;
  readonly config: ModelConfig | undefined;
  /** Relative path of config.pbtxt; where it would be if there is none. */
  readonly configPath: string;
  /** Relative paths, sorted. */
  readonly paths: readonly string[];
  /** Bytes of all files. */
  readonly byteSize: number;
}

const CONFIG_FILE = 'config.pbtxt';
const MAX_FILES = 10_000;
const MAX_TEXT_BYTES = 16 * 1024 ** 2;

/** Throws ImportRefusal. */
export async function openArtifact(folder: string): Promise<Artifact> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // Links are not files here: nothing outside of the folder is read.
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  if (files.length > MAX_FILES) {
    throw new ImportRefusal('NO_MODEL', `expected at most ${MAX_FILES} files, received ${files.length}`);
  }
  const paths = files.map(file => relative(folder, file).split(sep).join('/')).sort();
  const sizes = await Promise.all(files.map(file => stat(file)));
  const found = shallowest(paths, CONFIG_FILE);
  const config = found === undefined ? undefined : parseModelConfig(await readText(folder, found));
  const model = findModel(paths, config);
  return {
    folder,
    model,
    config,
    configPath: found ?? CONFIG_FILE,
    paths,
    byteSize: sizes.reduce((sum, { size }) => sum + size, 0),
  };
}

/** The path of a file with this name that is nearest to the artifact's root. */
export function shallowest(paths: readonly string[], name: string): string | undefined {
  const depth = (path: string) => path.split('/').length;
  return paths.filter(path => basename(path) === name).sort((a, b) => depth(a) - depth(b))[0];
}

/** Throws ImportRefusal if the text is too long. */
export async function readText(folder: string, path: string): Promise<string> {
  const { size } = await stat(join(folder, path));
  if (size > MAX_TEXT_BYTES) {
    throw new ImportRefusal(
      'CONFIG_INVALID',
      `${quoted(path)} has ${size} bytes; a text has at most ${MAX_TEXT_BYTES}`,
    );
  }
  return readFile(join(folder, path), 'utf8');
}

function findModel(paths: readonly string[], config: ModelConfig | undefined): string {
  const wanted = config?.defaultModelFilename || undefined;
  const models = paths.filter(path => (wanted === undefined ? /\.onnx$/i.test(path) : basename(path) === wanted));
  const candidates = models.length > 0 ? models : paths.filter(path => !/\.(pbtxt|txt|md)$/i.test(path));
  const named = candidates.filter(path => basename(path) === 'model.onnx');
  const [model, other] = named.length > 0 ? named : candidates;
  if (model === undefined || (models.length === 0 && other !== undefined)) {
    const expected = wanted === undefined ? 'a file with the ending .onnx' : `a file ${quoted(wanted)}`;
    throw new ImportRefusal(
      'NO_MODEL',
      `expected ${expected}, received ${listed(paths)}; import the folder with the model`,
    );
  }
  if (other !== undefined) {
    throw new ImportRefusal(
      'NO_MODEL',
      `expected one model, received ${listed(candidates)}; import one version at a time`,
    );
  }
  return model;
}

function listed(paths: readonly string[]): string {
  if (paths.length === 0) return 'no files';
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return `${paths.slice(0, 5).map(quoted).join(', ')}${more}`;
}

const HEAD_BYTES = 64;
// Node.js reads no larger file in one piece, and neither may a protobuf message be.
const MAX_MODEL_BYTES = 2 * 1024 ** 3 - 1;

/** Throws ImportRefusal NOT_ONNX or TOO_LARGE. */
export async function checkFileKind({ folder, model }: Artifact): Promise<void> {
  const file = await open(join(folder, model));
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const advice = adviceForFile(buffer.subarray(0, bytesRead));
    if (advice !== undefined)
      throw new ImportRefusal('NOT_ONNX', `expected an ONNX model in ${quoted(model)}: ${advice}`);
    const { size } = await file.stat();
    if (size > MAX_MODEL_BYTES) {
      const message = `${quoted(model)} has ${size} bytes, ${MAX_MODEL_BYTES} are allowed`;
      throw new ImportRefusal('TOO_LARGE', `${message}; save its weights as external data`);
    }
  } finally {
    await file.close();
  }
}

/** The folder with the model, to which paths of external data are relative. */
export const modelFolder = ({ folder, model }: Artifact): string => join(folder, dirname(model));
