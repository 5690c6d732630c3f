// Small ONNX files for tests, with what the builder of @athanor/onnx does not write: external data, bfloat16, wrong shapes.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const proto = protobuf.loadSync(fileURLToPath(new URL('../../onnx/proto/onnx.proto', import.meta.url)));
const modelType = proto.lookupType('onnx.ModelProto');

export const FLOAT = 1;
export const INT64 = 7;
export const BFLOAT16 = 16;

export const value = (name: string, elemType: number, dims: readonly (number | string)[]) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map(dim => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});

export const node = (opType: string, input: string[], output: string[], attribute: object[] = []) => ({
  opType,
  input,
  output,
  attribute,
});

export const ints = (name: string, ...values: number[]) => ({ name, type: 7, ints: values });
export const int = (name: string, number: number) => ({ name, type: 2, i: number });

interface GraphParts {
  readonly node: object[];
  readonly input: object[];
  readonly output: object[];
  readonly initializer?: object[];
}

export function onnxFile(graph: GraphParts, opset = 17): Uint8Array {
  const model = { irVersion: 8, opsetImport: [{ domain: '', version: opset }], graph: { name: 'g', ...graph } };
  return modelType.encode(modelType.fromObject(model)).finish();
}

/** y = -x for x FP32 [`axis`, 2]. */
export function negation(axis: number | string, outputAxis = axis): Uint8Array {
  return onnxFile({
    node: [node('Neg', ['x'], ['y'])],
    input: [value('x', FLOAT, [axis, 2])],
    output: [value('y', FLOAT, [outputAxis, 2])],
  });
}

/** Folders with files, removed by `remove`. */
export function temporaryFolders() {
  const folders: string[] = [];
  return {
    async create(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
      const folder = await mkdtemp(join(tmpdir(), 'model-import-'));
      folders.push(folder);
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), content);
      }
      return folder;
    },
    async remove(): Promise<void> {
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
    },
  };
}
