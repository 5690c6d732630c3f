// The output of an imported model as a task measures it.

import type { ScoresOutput } from '@athanor/contracts/training';
import type { Tensor } from '@athanor/tensor';
import { InvalidTrainingData } from '../engine/index.js';

/**
 * Float32 probabilities are in 0 to 1, and their sum is 1, within this: the votes of ten trees, 0.1 each, are 1.0000001.
 */
const TOLERANCE = 1e-3;

export interface ScoresOfRows {
  readonly rows: number;
  /** Values of a row as the task takes them. */
  readonly width: number;
  /** Of the split, for messages. */
  readonly firstRow: number;
}

/** Row-major [rows, width]. Throws InvalidTrainingData for an output of another size, and for rows that are no probabilities. */
export function readScores(
  output: Tensor | undefined,
  { output: name, kind, classes }: ScoresOutput,
  { rows, width, firstRow }: ScoresOfRows,
): Float32Array {
  const found = output === undefined ? 'none' : `${output.dtype} [${output.shape.join(',')}]`;
  const isNumeric = output?.dtype === 'FP32' || output?.dtype === 'FP64';
  const given = isNumeric ? output.data.length / rows : 0;
  const isSingle = given === 1 && classes.length === 2;
  if (!isNumeric || output.shape[0] !== rows || (given !== width && !isSingle))
    throw new InvalidTrainingData(`expected the output '${name}' as [${rows},${width}] numbers, got ${found}`);
  const values = Float32Array.from(output.data);
  if (classes.length === 0) return values;
  if (kind === 'KIND_LOGITS') return isSingle ? pairs(values.map(sigmoid)) : softmaxRows(values, width);
  const probabilities = isSingle ? pairs(values) : values;
  checkProbabilities(probabilities, { name, width, firstRow });
  return probabilities.map(each => Math.min(Math.max(each, 0), 1));
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** [rows] probabilities of the second class as [rows, 2]. */
function pairs(second: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * second.length }, (_, index) => {
    const value = second[index >> 1]!;
    return index % 2 === 1 ? value : 1 - value;
  });
}

function softmaxRows(logits: Float32Array, width: number): Float32Array {
  const all = new Float32Array(logits.length);
  for (let begin = 0; begin < logits.length; begin += width) {
    const row = logits.subarray(begin, begin + width);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const powers = Float64Array.from(row, value => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    for (const [index, power] of powers.entries()) all[begin + index] = power / sum;
  }
  return all;
}

function checkProbabilities(
  values: Float32Array,
  { name, width, firstRow }: { readonly name: string; readonly width: number; readonly firstRow: number },
): void {
  for (let begin = 0; begin < values.length; begin += width) {
    const row = values.subarray(begin, begin + width);
    const sum = row.reduce((a, b) => a + b, 0);
    const isDistribution =
      Math.abs(sum - 1) <= TOLERANCE && row.every(each => each >= -TOLERANCE && each <= 1 + TOLERANCE);
    if (isDistribution) continue;
    const shown = [...row.subarray(0, 5)].map(value => Number(value.toPrecision(4))).join(', ');
    const where = `row ${firstRow + begin / width} of the output '${name}'`;
    const found = `${shown}${width > 5 ? ', …' : ''}`;
    throw new InvalidTrainingData(
      row.every(Number.isFinite)
        ? `${where} is not probabilities of the classes: ${found}; if they are logits, evaluate with the kind LOGITS (athanor model evaluate --logits)`
        : `${where} is not finite: ${found}; a missing value in the inputs of this row is NaN: fill it or leave its row out of the dataset`,
    );
  }
}
