// Small files as their decoded messages, for tests to break.

import {
  encodeFileModel,
  type FileAttribute,
  type FileFunction,
  type FileGraph,
  type FileModel,
  type FileNode,
  type FileTensor,
} from './file-schema.js';

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

export const int64s = (...values: bigint[]) => new Uint8Array(BigInt64Array.from(values).buffer);
export const body = (more: Partial<FileGraph> = {}): FileGraph => ({
  name: 'body',
  node: [],
  initializer: [],
  sparseInitializer: [],
  input: [],
  output: [],
  valueInfo: [],
  ...more,
});
export const declared = (name: string, nodes: FileNode[]): FileFunction => ({
  name,
  domain: 'local',
  overload: '',
  input: ['a'],
  output: ['b'],
  node: nodes,
  opsetImport: [
    { domain: '', version: 17 },
    { domain: 'local', version: 1 },
  ],
  attributeProto: [],
});
export const call = (name: string, input: string, output: string) => node(name, [input], [output], { domain: 'local' });
export const scalar = (name: string, number: bigint) =>
  tensor({ name, dataType: INT64, dims: [], rawData: int64s(number) });

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
