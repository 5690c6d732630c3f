// The inputs and outputs of a file. Only tensors can be served: anything else is refused by its name.

import { type DType, fromOnnxElemType } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import type { Dim } from '../model.js';
import { fromWireInt64 } from '../wire/int64.js';
import type { WireDim } from '../wire/schema.js';
import { elementTypeOf } from './element-types.js';
import type { FileGraph, FileType, FileValueInfo } from './file-schema.js';

export interface BoundaryValue {
  readonly name: string;
  /** Undefined: the file does not say (outputs only). */
  readonly dtype: DType | undefined;
  /** Undefined: of unknown rank. */
  readonly shape: readonly Dim[] | undefined;
}

export interface Boundary {
  /** Without those that have a default value in the file. */
  readonly inputs: readonly BoundaryValue[];
  readonly outputs: readonly BoundaryValue[];
}

// Feeds and results of a run are plain objects, in onnxruntime-node too: an assignment to this key adds no value.
const RESERVED_NAME = '__proto__';

/** Throws ModelError NOT_A_TENSOR, UNSUPPORTED_TYPE, RESERVED_NAME or MALFORMED. */
export function readBoundary(graph: FileGraph): Boundary {
  const inputs = requiredInputs(graph);
  const untyped = inputs.find(({ type }) => !type);
  if (untyped) throw new ModelError('MALFORMED', `input ${quoted(untyped.name)} has no type; export the model again`);
  if (graph.output.length === 0) throw new ModelError('MALFORMED', 'the model has no outputs');
  return { inputs: inputs.map(info => read('input', info)), outputs: graph.output.map(info => read('output', info)) };
}

/** Without those that have a default value, which a request cannot give: they are constants here. */
export function requiredInputs(graph: FileGraph): FileValueInfo[] {
  const defaults = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ''),
  ]);
  return graph.input.filter(({ name }) => !defaults.has(name));
}

function read(role: 'input' | 'output', { name, type }: FileValueInfo): BoundaryValue {
  if (name === RESERVED_NAME) {
    const problem = `an ${role} is named ${quoted(name)}, which the runtime cannot pass`;
    throw new ModelError('RESERVED_NAME', `${problem}; rename it and export the model again`);
  }
  if (!type) return { name, dtype: undefined, shape: undefined };
  const { tensorType } = type;
  if (!tensorType) {
    throw new ModelError(
      'NOT_A_TENSOR',
      `${role} ${quoted(name)} is ${kindOf(type)}; only tensors can be served, so export the model with tensor ${role}s`,
    );
  }
  const dtype = fromOnnxElemType(tensorType.elemType);
  if (dtype === undefined) {
    const received = elementTypeOf(tensorType.elemType)?.name ?? `of element type ${tensorType.elemType}`;
    const problem = `${role} ${quoted(name)} is ${received}, for which the Open Inference Protocol has no name`;
    throw new ModelError('UNSUPPORTED_TYPE', `${problem}; cast it to another type in the model`);
  }
  return { name, dtype, shape: tensorType.shape?.dim.map(readDim) };
}

const KINDS = {
  sequenceType: 'a sequence',
  mapType: 'a map',
  optionalType: 'an optional value',
  sparseTensorType: 'a sparse tensor',
  opaqueType: 'of an opaque type',
} as const satisfies { [K in Exclude<keyof FileType, 'tensorType'>]: string };

function kindOf(type: FileType): string {
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find(key => type[key]);
  return kind === undefined ? 'of no type' : KINDS[kind];
}

// Some exporters write an unknown size as -1.
export function readDim(dim: WireDim): Dim {
  if (!Object.hasOwn(dim, 'dimValue')) return dim.dimParam ?? '';
  const size = Number(fromWireInt64(dim.dimValue!));
  return size < 0 ? '' : size;
}
