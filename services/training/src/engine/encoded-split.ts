import type { NumericTensor } from '@athanor/tensor';

export interface EncodedSplit {
  readonly rows: number;
  /** By input of the training graph: [rows, …]. */
  readonly inputs: ReadonlyMap<string, NumericTensor>;
  /** As the loss takes them. */
  readonly labels: NumericTensor;
  /** As they are measured. */
  readonly truth: NumericTensor;
  /** FP32 [rows]: the weight of each row in the loss; only of the training split. */
  readonly weights?: NumericTensor;
}
