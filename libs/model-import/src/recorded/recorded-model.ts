// Models with recorded runs: of ONNX's conformance tests (<test>/model.onnx, test_data_set_0/input_N.pb and output_N.pb), or
// with arrays in a folder that an .npz file was unpacked to ("in:<name>.npy", "out:<name>.npy").

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readTensorFile } from '@athanor/onnx/files';
import type { Tensor } from '@athanor/tensor';
import type { ImportedSignature } from '../signature.js';
import { readNpy } from './read-npy.js';

export interface RecordedModel {
  readonly name: string;
  /** The artifact's folder. */
  readonly folder: string;
  /** Called once the model has been imported. Throws if a record is no tensor. */
  readRun(signature: ImportedSignature): Promise<RecordedRun>;
}

export interface RecordedRun {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** A folder of ONNX's conformance tests; records are in the order of the inputs and outputs. */
export function conformanceTest(name: string, folder: string): RecordedModel {
  const data = join(folder, 'test_data_set_0');
  return {
    name,
    folder,
    async readRun({ inputs, outputs }) {
      const files = await readdir(data);
      const read = async (kind: string, values: readonly { readonly name: string }[]) => {
        const recorded = values.map((value, index) => ({ name: value.name, file: `${kind}_${index}.pb` }));
        const entries = recorded
          .filter(({ file }) => files.includes(file))
          .map(async ({ name, file }) => [name, readTensorFile(await readFile(join(data, file)))] as const);
        return Object.fromEntries(await Promise.all(entries));
      };
      return { inputs: await read('input', inputs), outputs: await read('output', outputs) };
    },
  };
}

/** `arrays`: the folder of an unpacked .npz file. */
export function recordedArrays(name: string, folder: string, arrays: string): RecordedModel {
  return {
    name,
    folder,
    async readRun() {
      const entries = await readdir(arrays, { recursive: true, withFileTypes: true });
      const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
      // The name of an array may have slashes, so that it is a path.
      const read = async (prefix: string) => {
        const tensors = paths
          .map(path => ({ path, key: relative(arrays, path).replace(/\.npy$/, '') }))
          .filter(({ key }) => key.startsWith(prefix))
          .map(async ({ path, key }) => [key.slice(prefix.length), readNpy(await readFile(path))] as const);
        return Object.fromEntries(await Promise.all(tensors));
      };
      return { inputs: await read('in:'), outputs: await read('out:') };
    },
  };
}
