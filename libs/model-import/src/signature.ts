import { type BoundaryValue, type Dim, quoted } from '@athanor/onnx/files';
import type { LoadedModel, ValueMetadata } from '@athanor/runtime';
import type { DType } from '@athanor/tensor';
import { ImportRefusal } from './refusal.js';

export interface ImportedTensor {
  readonly name: string;
  /** OIP datatype, for example "FP32". */
  readonly datatype: DType;
  /** -1: a variable size. */
  readonly shape: readonly number[];
  /** Names of the symbolic axes, in the order of the shape; '' for the others. */
  readonly axes: readonly string[];
}

export interface ImportedSignature {
  readonly inputs: readonly ImportedTensor[];
  readonly outputs: readonly ImportedTensor[];
}

/** An output of which neither the file nor the runtime knows the rank: `shape` is undefined. */
export type DraftTensor = Omit<ImportedTensor, 'shape' | 'axes'> & Partial<Pick<ImportedTensor, 'shape' | 'axes'>>;

export interface DraftSignature {
  readonly inputs: readonly ImportedTensor[];
  readonly outputs: readonly DraftTensor[];
}

/** What the file declares; types and shapes of outputs that it leaves out are the runtime's. Throws ImportRefusal. */
export function draftSignature(
  boundary: { readonly inputs: readonly BoundaryValue[]; readonly outputs: readonly BoundaryValue[] },
  loaded: LoadedModel,
): DraftSignature {
  return {
    inputs: boundary.inputs.map(({ name, dtype, shape }) => {
      if (shape === undefined) throw unknownShape('input', name);
      return { name, datatype: dtype!, ...toShape(shape) };
    }),
    outputs: boundary.outputs.map(value => draftOutput(value, loaded.outputs)),
  };
}

function draftOutput({ name, dtype, shape }: BoundaryValue, known: readonly ValueMetadata[]): DraftTensor {
  const inferred = known.find(metadata => metadata.name === name);
  const datatype = dtype ?? inferred?.dtype;
  if (datatype === undefined) {
    throw new ImportRefusal('RUNTIME_REFUSES', `the runtime has no output ${quoted(name)}; export the model again`);
  }
  // The runtime has [] for a scalar and for an unknown rank alike.
  if (shape === undefined)
    return inferred?.shape.length ? { name, datatype, ...toShape(inferred.shape) } : { name, datatype };
  if (inferred !== undefined && contradicts(shape, inferred.shape)) {
    const problem = `output ${quoted(name)} is declared as [${shape.join(',')}], which its operators do not make`;
    throw new ImportRefusal('SHAPE_CONTRADICTS', `${problem}; correct the declared shape and import the model again`);
  }
  // The file may leave out the name of an axis that follows from the inputs.
  const named = shape.map((dim, axis) => {
    const other = inferred?.shape.length === shape.length ? inferred.shape[axis] : undefined;
    return dim === '' && typeof other === 'string' ? other : dim;
  });
  return { name, datatype, ...toShape(named) };
}

// ONNX Runtime infers shapes, and forgets a declared size that contradicts what it inferred.
function contradicts(declared: readonly Dim[], inferred: readonly Dim[]): boolean {
  if (declared.length !== inferred.length) return true;
  return declared.some((dim, axis) => typeof dim === 'number' && dim !== inferred[axis]);
}

/** Completes outputs of unknown rank from a run. Throws ImportRefusal SHAPE_UNKNOWN. */
export function completeSignature(
  draft: DraftSignature,
  ranks: ReadonlyMap<string, number> | undefined,
): ImportedSignature {
  const outputs = draft.outputs.map(output => {
    if (output.shape !== undefined) return { ...output, shape: output.shape, axes: output.axes ?? [] };
    const rank = ranks?.get(output.name);
    if (rank === undefined) throw unknownShape('output', output.name);
    return { ...output, ...toShape(new Array<string>(rank).fill('')) };
  });
  return { inputs: draft.inputs, outputs };
}

function toShape(dims: readonly (number | string)[]): Pick<ImportedTensor, 'shape' | 'axes'> {
  // Negative: what the runtime has for a size without a name.
  const isFixed = (dim: number | string): dim is number => typeof dim === 'number' && dim >= 0;
  return {
    shape: dims.map(dim => (isFixed(dim) ? dim : -1)),
    axes: dims.map(dim => (typeof dim === 'string' && !isPlaceholder(dim) ? dim : '')),
  };
}

// Paddle's exporter writes "?" for every unknown size: no name, since it would make different sizes one.
const isPlaceholder = (name: string): boolean => name === '?';

function unknownShape(role: string, name: string): ImportRefusal {
  const problem = `${role} ${quoted(name)} has no shape in the file`;
  return new ImportRefusal('SHAPE_UNKNOWN', `${problem}; export the model with it, with names for variable sizes`);
}
