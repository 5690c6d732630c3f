import type { ColumnType, ColumnValues } from '@athanor/data';
import { textValues } from '@athanor/data';
import { tensor } from '@athanor/tensor';
import type { SourceColumn } from '@athanor/transforms';
import { describe, expect, it } from 'vitest';
import { inputTensor } from './imported-inputs.js';
import type { LoadedData } from './load-data.js';

const floats = (...data: number[]): ColumnValues => ({ kind: 'number', data: Float64Array.from(data) });
const column = (name: string, type: ColumnType, categories?: string[]): SourceColumn => ({
  ...{ name, type, role: 'input', nullable: false },
  ...(categories && { categories }),
});

const COLUMNS: [SourceColumn, ColumnValues][] = [
  [column('a', { kind: 'number', dtype: 'FP64' }), floats(1, 2.5, Number.NaN)],
  [column('n', { kind: 'number', dtype: 'INT64' }), { kind: 'number', data: BigInt64Array.of(7n, 300n, -1n) }],
  [column('flag', { kind: 'number', dtype: 'BOOL' }), { kind: 'number', data: Uint8Array.of(1, 0, 1) }],
  [column('kind', { kind: 'category' }, ['red', 'blue']), { kind: 'category', codes: Int32Array.of(1, 0, -1) }],
  [column('words', { kind: 'text' }), textValues(['one two', '', 'Zürich'])],
  [
    column('image', { kind: 'vector', dtype: 'UINT8', shape: [2, 2] }),
    {
      kind: 'vector',
      tensor: tensor(
        'UINT8',
        [3, 2, 2],
        Uint8Array.from({ length: 12 }, (_, index) => index * 20),
      ),
    },
  ],
];
const split = { rows: 3, values: new Map(COLUMNS.map(([{ name }, values]) => [name, values])) };
const data = { columns: COLUMNS.map(([each]) => each) } as unknown as LoadedData;

const read = (datatype: string, shape: number[], columns: string[], rows: [number, number] = [0, 3]) =>
  inputTensor({ input: 'x', datatype, shape, columns }, { data, split, begin: rows[0], end: rows[1] });

describe('the input of an imported model', () => {
  it('is columns side by side, row after row, and keeps what is missing', () => {
    expect(read('FP32', [-1, 3], ['a', 'n', 'flag'])).toEqual(
      tensor('FP32', [3, 3], Float32Array.of(1, 7, 1, 2.5, 300, 0, Number.NaN, -1, 1)),
    );
    expect(read('FP32', [-1, -1], ['n', 'a'], [1, 2])).toEqual(tensor('FP32', [1, 2], Float32Array.of(300, 2.5)));
  });

  it('is whole numbers and flags in the type of the input', () => {
    expect(read('INT64', [-1, 1], ['n'])).toEqual(tensor('INT64', [3, 1], BigInt64Array.of(7n, 300n, -1n)));
    expect(read('UINT8', [-1], ['n'], [0, 1])).toEqual(tensor('UINT8', [1], Uint8Array.of(7)));
    expect(read('BOOL', [-1, 1], ['flag'])).toEqual(tensor('BOOL', [3, 1], Uint8Array.of(1, 0, 1)));
  });

  it('is text of categories and texts', () => {
    expect(read('BYTES', [-1, 2], ['kind', 'words'])).toEqual(
      tensor('BYTES', [3, 2], ['blue', 'one two', 'red', '', '', 'Zürich']),
    );
  });

  it('is a vector in the shape of the input', () => {
    expect(read('FP32', [-1, 1, 2, 2], ['image'], [2, 3])).toEqual(
      tensor('FP32', [1, 1, 2, 2], Float32Array.of(160, 180, 200, 220)),
    );
  });

  it.each([
    ['UINT8', 'n', "'n' has 300 in row 1 of a split, which the input 'x' cannot take as UINT8"],
    ['INT32', 'a', "'a' has 2.5 in row 1"],
    ['BOOL', 'n', "'n' has 7 in row 0"],
  ])('is refused as %s for %s', (datatype, name, message) => {
    expect(() => read(datatype, [-1, 1], [name])).toThrow(message);
  });

  it('is refused for a missing whole number', () => {
    expect(() => read('INT64', [-1, 1], ['a'], [2, 3])).toThrow("'a' has no value in row 2");
  });
});
