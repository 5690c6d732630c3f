// Columns as a client sends them: what the inputs of a served model are, and what training gives its graph.

import { type Column, type ColumnType, type ColumnValues, MISSING_CODE, textAt } from '@athanor/data';
import type { Dim, ValueType } from '@athanor/onnx';
import { type DType, type Tensor, tensor } from '@athanor/tensor';

/** The type of a column's input: [n, 1], or [n, …shape] of a vector. */
export function rawInputType({ type }: Pick<Column, 'type'>, batchDim: Dim): ValueType {
  return { dtype: rawDType(type), shape: [batchDim, ...(type.kind === 'vector' ? type.shape : [1])] };
}

function rawDType(type: ColumnType): DType {
  switch (type.kind) {
    case 'number':
    case 'vector':
      return type.dtype;
    case 'category':
    case 'text':
      return 'BYTES';
    case 'timestamp':
      return 'INT64';
  }
}

/** Stored values as a client sends them; `categories` are those of a category column, by code. */
export function rawTensor(
  { type }: Pick<Column, 'type'>,
  values: ColumnValues,
  categories: readonly string[] = [],
): Tensor {
  switch (values.kind) {
    case 'number':
    case 'timestamp':
      return tensor(rawDType(type), [values.data.length, 1], values.data as never);
    case 'category': {
      const texts = Array.from(values.codes, code => textOf(code, categories));
      return tensor('BYTES', [texts.length, 1], texts);
    }
    case 'text': {
      const rows = values.offsets.length - 1;
      return tensor(
        'BYTES',
        [rows, 1],
        Array.from({ length: rows }, (_, row) => textAt(values, row)),
      );
    }
    case 'vector':
      return values.tensor;
  }
}

function textOf(code: number, categories: readonly string[]): string {
  if (code === MISSING_CODE) return '';
  const text = categories[code];
  if (text === undefined) throw new RangeError(`expected a code below ${categories.length}, received ${code}`);
  return text;
}
