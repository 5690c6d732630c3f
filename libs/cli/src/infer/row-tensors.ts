// Rows with named values as the inputs of a model: columns of a trained model, and tensors of any shape of an imported one.

import { columnTensors, type InferTensor, type NamedRow } from '@athanor/client';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { toInputTensors } from './json-inputs.js';
import type { ServedColumns, ServedInput } from './served-columns.js';

/** @throws ColumnValueError; a usage error for a value that is not of the input's shape. */
export function rowTensors({ inputs, isBatched }: ServedColumns, rows: readonly NamedRow[]): InferTensor[] {
  if (!isBatched && rows.length > 1)
    throw new CliError(
      `--json: expected one object, because the model takes one request per run, got ${rows.length}`,
      EXIT_CODES.usage,
    );
  return inputs.flatMap(input => {
    if (isBatched && isColumn(input, rows)) return columnTensors([input], rows);
    const values = rows.map(row => row[input.name]);
    return toInputTensors([input], { [input.name]: isBatched ? values.map(toRow(input)) : values[0] }, '--json');
  });
}

const COLUMN_DATATYPES = ['FP64', 'FP32', 'INT64', 'BOOL', 'BYTES'];

/** One value per row, [n, 1], of a datatype that columns have. */
function isColumn({ name, kind, shape, datatype }: ServedInput, rows: readonly NamedRow[]): boolean {
  if (kind !== '') return kind !== 'vector';
  const isSingle = shape.length === 2 && shape[1] === 1 && COLUMN_DATATYPES.includes(datatype);
  return isSingle && !rows.some(row => Array.isArray(row[name]));
}

/** A single value may be written without the brackets of its only dimension. */
function toRow({ shape }: ServedInput): (value: unknown) => unknown {
  return value => (shape.length === 2 && shape[1] === 1 && !Array.isArray(value) ? [value] : value);
}
