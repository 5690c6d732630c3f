import { type ExecutionProvider, openSession, type Session, type Tensors } from '@athanor/runtime';
import {
  byteSizeOf,
  bytesOf,
  elementCount,
  isNumeric,
  type NumericTensor,
  type Tensor,
  tensorFromBytes,
} from '@athanor/tensor';
import { type ClassificationMetrics, classificationMetrics } from './metrics.js';
import { OUTPUTS } from './network.js';
import { rowCount, type Split } from './training-data.js';

export interface Evaluation {
  readonly metrics: ClassificationMetrics;
  /** Row-major [N, classes]. */
  readonly probabilities: Float32Array;
}

export interface EvaluationOptions {
  readonly inputName: string;
  readonly classes: number;
  /**
   * Every run has this many rows, so that all batches have the same size; the last one is padded by repeating its last
   * row.
   */
  readonly batchSize: number;
  /** Further inputs besides the rows. */
  readonly feeds?: Tensors;
}

/** Runs a model file over a split. */
export async function evaluateModel(
  model: Uint8Array,
  split: Split,
  options: EvaluationOptions & { readonly cpuThreads: number; readonly provider?: ExecutionProvider | undefined },
): Promise<Evaluation> {
  const { cpuThreads: intraOpThreads, provider = 'cpu' } = options;
  const session = await openSession(model, { intraOpThreads, provider });
  try {
    return await evaluate(session, split, options);
  } finally {
    await session.release();
  }
}

export async function evaluate(session: Session, split: Split, options: EvaluationOptions): Promise<Evaluation> {
  const { inputName, classes, batchSize, feeds = {} } = options;
  const rows = rowCount(split);
  const probabilities = new Float32Array(rows * classes);
  for (let begin = 0; begin < rows; begin += batchSize) {
    const outputs = await session.run({ ...feeds, [inputName]: rowsAt(split.features, begin, batchSize) });
    const { data } = outputs[OUTPUTS.probabilities] as Tensor<'FP32'>;
    const wanted = Math.min(batchSize, rows - begin);
    probabilities.set(data.subarray(0, wanted * classes), begin * classes);
  }
  return { metrics: classificationMetrics(probabilities, split.labels, classes), probabilities };
}

/** `count` rows from `begin` on, padded by repeating the last row. */
function rowsAt(features: Tensor, begin: number, count: number): Tensor {
  const [rows, ...rowShape] = features.shape as [number, ...number[]];
  if (!isNumeric(features)) throw new TypeError('expected numeric features to evaluate, received text');
  const rowBytes = elementCount(rowShape) * byteSizeOf(features.dtype);
  const bytes = bytesOf(features as NumericTensor);
  const present = bytes.subarray(begin * rowBytes, Math.min(begin + count, rows) * rowBytes);
  const shape = [count, ...rowShape];
  if (present.byteLength === count * rowBytes) return tensorFromBytes(features.dtype, shape, present);
  const filled = new Uint8Array(count * rowBytes);
  filled.set(present);
  const lastRow = present.subarray(present.byteLength - rowBytes);
  for (let offset = present.byteLength; offset < filled.byteLength; offset += rowBytes) filled.set(lastRow, offset);
  return tensorFromBytes(features.dtype, shape, filled);
}
