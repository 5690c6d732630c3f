import type { InferResponse, InferTensor } from '@athanor/client';
import { type OutputLabels, rowLabels } from './output-labels.js';

/** Predictions of several rows by column name, as a table has them. */
export interface PredictedColumns {
  readonly names: readonly string[];
  /** One list of cells per row. */
  readonly rows: readonly (readonly (string | number | boolean)[])[];
}

/** The names that a model and its deployment give to classes. */
export interface ClassNames {
  readonly classes: readonly string[];
  readonly labels: OutputLabels;
}

/**
 * "label", "probability_<class>", "prediction"; other outputs under their own names. An output that the deployment has
 * labels for is preceded by "<output>_label".
 */
export function predictedColumns(answer: InferResponse, { classes, labels }: ClassNames): PredictedColumns {
  const outputs = [...answer.outputs.values()].flatMap(output => {
    const own = labels.get(output.name) ?? [];
    const named = rowLabels(output, own);
    const columns = toColumns(output, named === undefined ? classes : own);
    if (named === undefined) return [columns];
    return [{ names: [`${output.name}_label`], rows: named.map(label => [label]) }, columns];
  });
  const rows = outputs[0]?.rows.length ?? 0;
  return {
    names: outputs.flatMap(({ names }) => names),
    rows: Array.from({ length: rows }, (_, row) => outputs.flatMap(output => output.rows[row] ?? [])),
  };
}

function toColumns({ name, datatype, shape, data }: InferTensor, classes: readonly string[]): PredictedColumns {
  const [rows = 0, ...rest] = shape;
  const width = rest.reduce((product, size) => product * size, 1);
  const cells = Array.from(data as ArrayLike<unknown>, value => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    return datatype === 'BOOL' ? value === 1 : Number(value);
  });
  return {
    names: columnNames(name, width, classes),
    rows: Array.from({ length: rows }, (_, row) => cells.slice(row * width, (row + 1) * width)),
  };
}

const SINGULAR: Readonly<Record<string, string>> = { probabilities: 'probability', labels: 'label' };

function columnNames(output: string, width: number, classes: readonly string[]): string[] {
  if (width === 1) return [output];
  const stem = SINGULAR[output] ?? output;
  return Array.from({ length: width }, (_, index) => `${stem}_${classes.length === width ? classes[index] : index}`);
}
