import type { Elements, InputRows, OutputRows, Work } from '@athanor/serving';
import {
  bytesOf,
  isNumeric,
  narrowToBfloat16,
  type Tensor,
  tensor,
  tensorFromBytes,
  widenBfloat16,
} from '@athanor/tensor';
import type { ModelSpec, TensorSpec } from '../served-models/model-spec.js';

// Merges rows of several requests into one tensor, and splits the results again.

/** Copies each input once, into a buffer that the runner takes ownership of. */
export function assembleBatch(spec: ModelSpec, works: readonly Work[], rows: number): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [index, { name, dtype }] of spec.inputs.entries()) {
    const parts = works.map(work => work.inputs[index]!);
    const { dims } = parts[0]!;
    const shape = spec.maxBatchSize > 0 ? [rows, ...dims] : dims;
    tensors[name] = merge(dtype, shape, parts);
  }
  return tensors;
}

function merge(dtype: TensorSpec['dtype'], shape: readonly number[], parts: readonly InputRows[]): Tensor {
  if (dtype === 'BYTES')
    return tensor(
      'BYTES',
      shape,
      parts.flatMap(({ data }) => data as readonly string[]),
    );
  const bytes = concatenate(parts);
  return dtype === 'BF16' ? widenBfloat16(bytes, shape) : tensorFromBytes(dtype, shape, bytes);
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
  for (const { name, dtype } of spec.outputs) {
    const result = results[name];
    if (result === undefined) throw new Error(`the run has no output '${name}'`);
    const data = elementsOf(result, dtype, name);
    if (spec.maxBatchSize === 0) {
      answers[0]!.push({ shape: result.shape, data });
      continue;
    }
    const [resultRows, ...dims] = result.shape;
    if (resultRows !== rows)
      throw new Error(`expected ${rows} rows in output '${name}', one for each row of the inputs, got ${resultRows}`);
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

function elementsOf(result: Tensor, dtype: TensorSpec['dtype'], output: string): Elements {
  if (dtype === 'BF16') return narrowToBfloat16(result);
  if (result.dtype !== dtype) throw new Error(`expected ${dtype} in output '${output}', got ${result.dtype}`);
  return isNumeric(result) ? bytesOf(result) : result.data;
}
