import { type Model, memoryNeed } from '@athanor/onnx';

const [MAX_ROWS, MIN_ROWS] = [256, 32];
/** Of the intermediate values of a run. */
const MAX_BYTES = 2 ** 28;

export interface ValidationBatch {
  readonly rows: number;
  /** Intermediate values of a run. */
  readonly bytes: number;
}

/**
 * Rows of a run of the evaluation graph: fewer if the intermediate values of as many take more than 256 MiB, which large
 * images do. A function of the network alone, so that the bits of a validation loss depend on nothing else.
 */
export function validationBatch(model: Model): ValidationBatch {
  for (let rows = MAX_ROWS; ; rows /= 2) {
    const bytes = memoryNeed(model, { symbols: { batch: rows }, unknown: () => rows }).computed;
    if (bytes <= MAX_BYTES || rows === MIN_ROWS) return { rows, bytes };
  }
}
