import type { InferResponse, InferTensor } from '@athanor/client';

/** Predictions of several rows by column name, as a table has them. */
export interface PredictedColumns {
  readonly names: readonly string[];
  /** One list of cells per row. */
  readonly rows: readonly (readonly (string | number | boolean)[])[];
}

/** "label", "probability_<class>", "prediction"; other outputs under their own names. */
export function predictedColumns(answer: InferResponse, classes: readonly string[]): PredictedColumns {
  const outputs = [...answer.outputs.values()].map(output => toColumns(output, classes));
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
