// Rows of a dataset as the inputs of an imported model.

import type { InputColumns } from '@athanor/contracts/training';
import { type ColumnValues, sliceRows } from '@athanor/data';
import { type DType, elementCount, type NumericDType, type Tensor, tensor, zeros } from '@athanor/tensor';
import { rawTensor, type SourceColumn } from '@athanor/transforms';
import { findColumn, InvalidTrainingData } from '../engine/index.js';
import { columnOf, type RawSplit } from '../features/raw-split.js';
import type { LoadedData } from './load-data.js';

export interface Rows {
  readonly data: LoadedData;
  readonly split: RawSplit;
  readonly begin: number;
  readonly end: number;
}

/** Columns side by side, in the datatype of the input: [rows, …]. Throws InvalidTrainingData for a value that it cannot hold. */
export function inputTensor(input: InputColumns, { data, split, begin, end }: Rows): Tensor {
  const rows = end - begin;
  const columns = input.columns.map(name => {
    const column = findColumn(data, name);
    return { column, values: sliceRows(columnOf(split, column), begin, end) };
  });
  if (input.datatype === 'BYTES') return textTensor(input, rows, columns);
  const parts = columns.map(({ column, values }) => ({ name: column.name, numbers: numbersOf(values) }));
  const width = parts.reduce((sum, { numbers }) => sum + numbers.length / rows, 0);
  const filled = zeros(input.datatype as NumericDType, rowsShape(input, rows, width));
  const target = filled.data as { [index: number]: number | bigint };
  const convert = converterTo(filled.dtype);
  let offset = 0;
  for (const { name, numbers } of parts) {
    const size = numbers.length / rows;
    for (let index = 0; index < numbers.length; index++) {
      const row = Math.floor(index / size);
      const value = convert(numbers[index]!);
      if (value === undefined) throw unfit(input, { name, value: numbers[index]!, row: begin + row });
      target[row * width + offset + (index % size)] = value;
    }
    offset += size;
  }
  return filled;
}

function unfit(
  { input, datatype }: InputColumns,
  { name, value, row }: { readonly name: string; readonly value: number | bigint; readonly row: number },
): InvalidTrainingData {
  const found = Number.isNaN(value) ? 'no value' : String(value);
  return new InvalidTrainingData(
    `'${name}' has ${found} in row ${row} of a split, which the input '${input}' cannot take as ${datatype}`,
  );
}

interface ColumnPart {
  readonly column: SourceColumn;
  readonly values: ColumnValues;
}

function textTensor(input: InputColumns, rows: number, columns: readonly ColumnPart[]): Tensor {
  const texts = columns.map(
    ({ column, values }) => rawTensor(column, values, column.categories).data as readonly string[],
  );
  const all = Array.from({ length: rows }, (_, row) => texts.map(each => each[row]!)).flat();
  return tensor('BYTES', rowsShape(input, rows, columns.length), all);
}

function numbersOf(values: ColumnValues): ArrayLike<number | bigint> {
  if (values.kind === 'number') return values.data;
  if (values.kind === 'vector') return values.tensor.data;
  throw new InvalidTrainingData(`expected numbers, received a ${values.kind}`);
}

/** The declared shape; a variable size is what is left of `width` elements. */
function rowsShape({ shape }: InputColumns, rows: number, width: number): number[] {
  const rowShape = shape.slice(1);
  const fixed = elementCount(rowShape.filter(size => size >= 0));
  return [rows, ...rowShape.map(size => (size >= 0 ? size : width / fixed))];
}

/** A number as an element of this type; undefined if it has a fraction or is out of range, or is missing, for an integer. */
function converterTo(dtype: DType): (value: number | bigint) => number | bigint | undefined {
  const range = dtype === 'BOOL' ? { min: 0n, max: 1n } : integerRange(dtype);
  if (range === undefined) return Number;
  const { min, max } = range;
  const toElement = dtype.endsWith('64') ? BigInt : Number;
  return value => {
    const isWhole = typeof value === 'bigint' || Number.isInteger(value);
    return isWhole && value >= min && value <= max ? toElement(value) : undefined;
  };
}

function integerRange(dtype: DType): { readonly min: bigint; readonly max: bigint } | undefined {
  const [, unsigned, bits] = /^(U?)INT(\d+)$/.exec(dtype) ?? [];
  if (bits === undefined) return undefined;
  const size = BigInt(bits);
  return unsigned === 'U'
    ? { min: 0n, max: 2n ** size - 1n }
    : { min: -(2n ** (size - 1n)), max: 2n ** (size - 1n) - 1n };
}
