import { type AthanorClient, decodeRaw, type InferResponse, infer } from '@athanor/client';
import type { EvaluatedRows } from './evaluated-rows.js';

/** Result of sending rows one by one. */
export interface Asked {
  readonly served: number;
  /** Fraction of rows whose most probable class is their label, as served. */
  readonly accuracy: number;
  /** The same fraction according to the evaluation, for the same rows. */
  readonly evaluatedAccuracy: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requestsPerSecond: number;
  /** Row-major [rows, classes]. */
  readonly probabilities: Float32Array;
  readonly versionDigest: string;
}

const PROBABILITIES = 'probabilities';

/** Sends rows through ModelInfer, one image per request and one request at a time, and measures latency. */
export async function askModel(
  client: AthanorClient,
  modelName: string,
  rows: EvaluatedRows,
  onProgress: (done: number) => void,
): Promise<Asked> {
  const count = rows.labels.length;
  const classes = rows.evaluated.length / count;
  const probabilities = new Float32Array(count * classes);
  const latencies: number[] = [];
  let last: InferResponse | undefined;
  const begin = performance.now();
  for (let row = 0; row < count; row++) {
    const sent = performance.now();
    const data = decodeRaw(rows.datatype, rows.row(row));
    const input = { name: rows.inputName, datatype: rows.datatype, shape: [1, ...rows.rowShape], data };
    last = await infer(client.inference, { modelName, inputs: [input] });
    latencies.push(performance.now() - sent);
    probabilities.set(last.outputs.get(PROBABILITIES)?.data as Float32Array, row * classes);
    onProgress(row + 1);
  }
  const seconds = (performance.now() - begin) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(Math.floor(share * count), count - 1)] ?? 0;
  return {
    served: count,
    accuracy: accuracyOf(probabilities, rows.labels),
    evaluatedAccuracy: accuracyOf(rows.evaluated, rows.labels),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    requestsPerSecond: count / seconds,
    probabilities,
    versionDigest: String(last?.parameters.get('athanor_version_digest') ?? ''),
  };
}

export function accuracyOf(probabilities: Float32Array, labels: Int32Array): number {
  const classes = probabilities.length / labels.length;
  const right = labels.filter(
    (label, row) => mostProbable(probabilities.subarray(row * classes, (row + 1) * classes)) === label,
  );
  return right.length / labels.length;
}

export function mostProbable(probabilities: Float32Array): number {
  return probabilities.reduce((best, value, index) => (value > (probabilities[best] ?? 0) ? index : best), 0);
}
