import { byteSizeOf, bytesOf, elementCount, isNumeric, type Tensor, tensor, tensorFromBytes } from '@athanor/tensor';
import type { ModelSpec } from '../served-models/model-spec.js';
import type { Caller, Elements, InputRows, OutputRows, Work } from './work.js';

// Merges rows of several requests into one tensor, and splits the results again.

const NO_CALLER: Caller = { abortReason: undefined, deadlineMs: Number.POSITIVE_INFINITY };

/** Copies each input once, into a buffer that the runner takes ownership of. */
export function assembleBatch(spec: ModelSpec, works: readonly Work[], rows: number): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [index, { name, dtype }] of spec.inputs.entries()) {
    const parts = works.map(work => work.inputs[index]!);
    const { dims } = parts[0]!;
    const shape = spec.maxBatchSize > 0 ? [rows, ...dims] : dims;
    tensors[name] =
      dtype === 'BYTES'
        ? tensor(
            'BYTES',
            shape,
            parts.flatMap(({ data }) => data as readonly string[]),
          )
        : tensorFromBytes(dtype, shape, concatenate(parts));
  }
  return tensors;
}

function concatenate(parts: readonly InputRows[]): Uint8Array {
  let size = 0;
  for (const { data } of parts) size += data.length;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const { data } of parts) {
    bytes.set(data as Uint8Array, offset);
    offset += data.length;
  }
  return bytes;
}

/** The rows of each request, in order; throws if an output does not have one row per input row. */
export function splitBatch(
  spec: ModelSpec,
  results: Readonly<Record<string, Tensor>>,
  works: readonly Work[],
): OutputRows[][] {
  const rows = works.reduce((sum, work) => sum + work.rows, 0);
  const answers: OutputRows[][] = works.map(() => []);
  for (const { name } of spec.outputs) {
    const result = results[name];
    if (result === undefined) throw new Error(`the run has no output '${name}'`);
    const data: Elements = isNumeric(result) ? bytesOf(result) : result.data;
    if (spec.maxBatchSize === 0) {
      answers[0]!.push({ shape: result.shape, data });
      continue;
    }
    const [resultRows, ...dims] = result.shape;
    if (resultRows !== rows) throw new Error(`output '${name}' has ${resultRows} rows, expected ${rows}`);
    const stride = data.length / rows;
    let first = 0;
    for (const [index, work] of works.entries()) {
      const end = first + work.rows;
      const slice =
        data instanceof Uint8Array
          ? data.subarray(first * stride, end * stride)
          : data.slice(first * stride, end * stride);
      answers[index]!.push({ shape: [work.rows, ...dims], data: slice });
      first = end;
    }
  }
  return answers;
}

/** Whether rows of both requests may be in one tensor: their variable dimensions are equal. */
export function canShareRun(a: Work, b: Work): boolean {
  return a.inputs.every(({ dims }, index) => {
    const other = b.inputs[index]!.dims;
    // For fixed dimensions it is the specification's own array.
    return dims === other || (dims.length === other.length && dims.every((dim, axis) => dim === other[axis]));
  });
}

/** Inputs of zeros and empty strings for warm-up; undefined if a size is variable. */
export function zeroWork(spec: ModelSpec, rows: number): Work | undefined {
  const inputs: InputRows[] = [];
  for (const { dtype, dims } of spec.inputs) {
    if (dims.includes(-1)) return undefined;
    const elements = rows * elementCount(dims);
    const data =
      dtype === 'BYTES' ? new Array<string>(elements).fill('') : new Uint8Array(elements * byteSizeOf(dtype));
    inputs.push({ dims, data });
  }
  return { rows, inputs, timeoutUs: 0, caller: NO_CALLER };
}
