// Small files as their decoded messages, for tests to break.

import { encodeFileModel, type FileAttribute, type FileModel, type FileNode, type FileTensor } from './file-schema.js';

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

export const node = (opType: string, input: string[], output: string[], more: Partial<FileNode> = {}): FileNode => ({
  opType,
  input,
  output,
  name: '',
  domain: '',
  overload: '',
  attribute: [],
  ...more,
});

export const attribute = (name: string, more: Partial<FileAttribute>): FileAttribute => ({ name, type: 0, ...more });

export const tensor = (more: Partial<FileTensor>): FileTensor => ({
  name: 'w',
  dims: [],
  dataType: FLOAT,
  floatData: [],
  int32Data: [],
  int64Data: [],
  doubleData: [],
  uint64Data: [],
  stringData: [],
  externalData: [],
  dataLocation: 0,
  ...more,
});

/** y = -x for x FP32 [N, 2]. */
export function negation(
  change: (model: FileModel & { graph: NonNullable<FileModel['graph']> }) => void = () => undefined,
) {
  const model = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    producerName: '',
    functions: [],
    trainingInfo: [],
    graph: {
      name: 'g',
      node: [node('Neg', ['x'], ['y'])],
      initializer: [],
      sparseInitializer: [],
      input: [value('x', FLOAT, ['N', 2])],
      output: [value('y', FLOAT, ['N', 2])],
      valueInfo: [],
    },
  };
  change(model);
  return encodeFileModel(model);
}
