/** Rows with one or more numbers each. */
export interface NumberBatch {
  readonly rows: number;
  readonly targets: number;
  /** Row-major [rows, targets]. */
  readonly predictions: ArrayLike<number>;
  readonly truth: Float64Array;
}

/** The sum over all rows and targets. */
export function sumOver({ predictions, truth }: NumberBatch, term: (prediction: number, truth: number) => number) {
  let sum = 0;
  for (let index = 0; index < truth.length; index++) sum += term(predictions[index]!, truth[index]!);
  return { sum, terms: truth.length };
}
