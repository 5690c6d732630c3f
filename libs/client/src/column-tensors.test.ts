import { describe, expect, test } from 'vitest';
import { type ColumnInput, columnTensors, compareColumns } from './column-tensors.js';

const input = (name: string, datatype: string, kind = 'number'): ColumnInput => ({ name, datatype, kind });
const one = (column: ColumnInput, value: unknown) => columnTensors([column], [{ [column.name]: value }])[0]!.data;

describe('columnTensors', () => {
  test('gives one tensor [n, 1] per input, in its order, whatever the order of the row', () => {
    const inputs = [input('age', 'FP64'), input('city', 'BYTES', 'category')];
    const tensors = columnTensors(inputs, [{ city: 'Köln', age: 3 }, { age: '4.5' }]);
    expect(tensors.map(({ name, datatype, shape }) => [name, datatype, shape])).toEqual([
      ['age', 'FP64', [2, 1]],
      ['city', 'BYTES', [2, 1]],
    ]);
    expect(tensors[0]!.data).toEqual(Float64Array.of(3, 4.5));
    expect((tensors[1]!.data as Buffer[]).map(String)).toEqual(['Köln', '']);
  });

  test.each([null, undefined, ''])('a missing value %j is NaN, the empty text or the smallest INT64', value => {
    expect(one(input('x', 'FP64'), value)).toEqual(Float64Array.of(Number.NaN));
    expect(String((one(input('x', 'BYTES'), value) as Buffer[])[0])).toBe('');
    expect(one(input('x', 'INT64', 'timestamp'), value)).toEqual(BigInt64Array.of(-(2n ** 63n)));
  });

  test('whole numbers are exact to 64 bits', () => {
    expect(one(input('id', 'INT64'), '9007199254740993')).toEqual(BigInt64Array.of(9007199254740993n));
    expect(one(input('id', 'INT64'), '12.0')).toEqual(BigInt64Array.of(12n));
    expect(() => one(input('id', 'INT64'), '9223372036854775808')).toThrow('does not fit into 64 bits');
  });

  test.each([
    ['2020-02-29', 1_582_934_400_000_000n],
    ['2020-02-29T12:30:15.25Z', 1_582_979_415_250_000n],
    ['2020-02-29 12:30:15.000001', 1_582_979_415_000_001n],
    ['2020-02-29T12:30+01:00', 1_582_975_800_000_000n],
    [1_582_934_400_000_000, 1_582_934_400_000_000n],
  ])('the time %s is %s microseconds', (text, expected) => {
    expect(one(input('when', 'INT64', 'timestamp'), text)).toEqual(BigInt64Array.of(expected));
  });

  test.each([
    [input('age', 'FP64'), 'many', `row 0, column 'age': expected a number, or nothing if it is missing, got "many"`],
    [input('n', 'INT64'), '1.5', `row 0, column 'n': expected a whole number; this column has no missing values`],
    [input('n', 'INT64'), null, 'got nothing'],
    [input('on', 'BOOL'), 'maybe', 'expected true or false'],
    [input('when', 'INT64', 'timestamp'), '29.2.2020', 'expected a time in ISO 8601'],
    [input('city', 'BYTES'), { a: 1 }, 'expected a text'],
  ])('%j refuses %j', (column, value, message) => {
    expect(() => one(column, value)).toThrow(message);
  });
});

test('compareColumns names what does not fit', () => {
  expect(compareColumns([input('a', 'FP64'), input('b', 'FP64')], [{ a: 1, c: 2 }])).toEqual({
    unknown: ['c'],
    missing: ['b'],
  });
});
