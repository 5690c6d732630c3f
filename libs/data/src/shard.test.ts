import { tensor } from '@athanor/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnType } from './column.js';
import { type ColumnValues, concatValues, rowCountOf, sliceRows, textAt, textValues } from './column-values.js';
import { compareCategories, readDictionary, writeDictionary } from './dictionary.js';
import { readShard, type Shard, writeShard } from './shard.js';

const column = (name: string, type: ColumnType): Column => ({ name, type, role: 'input', nullable: true });
const COLUMNS = [
  column('age', { kind: 'number', dtype: 'FP64' }),
  column('count', { kind: 'number', dtype: 'INT64' }),
  column('active', { kind: 'number', dtype: 'BOOL' }),
  column('city', { kind: 'category' }),
  column('note', { kind: 'text' }),
  column('when', { kind: 'timestamp' }),
  column('image', { kind: 'vector', dtype: 'UINT8', shape: [2] }),
];

function shardOf(texts: readonly string[]): Shard {
  const rows = texts.length;
  const range = Array.from({ length: rows }, (_, row) => row);
  return {
    values: [
      { kind: 'number', data: Float64Array.from(range, row => (row % 3 === 0 ? Number.NaN : row / 7)) },
      { kind: 'number', data: BigInt64Array.from(range, row => 2n ** 60n + BigInt(row)) },
      { kind: 'number', data: Uint8Array.from(range, row => row % 2) },
      { kind: 'category', codes: Int32Array.from(range, row => (row % 4) - 1) },
      textValues(texts),
      { kind: 'timestamp', data: BigInt64Array.from(range, row => BigInt(row) - 2n ** 63n) },
      {
        kind: 'vector',
        tensor: tensor(
          'UINT8',
          [rows, 2],
          Uint8Array.from({ length: rows * 2 }, (_, i) => i),
        ),
      },
    ],
    ids: { ordinals: Uint32Array.from(range), partitions: new Uint8Array(rows) },
  };
}

const listOf = (read: ReturnType<typeof readShard>) => COLUMNS.map((_, index) => read.values.get(index)!);

describe('a shard', () => {
  it('holds every type of column, and reads back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 9 }), texts => {
        const shard = shardOf(texts);
        const read = readShard(writeShard(shard), COLUMNS);
        expect(writeShard({ values: listOf(read), ids: read.ids })).toEqual(writeShard(shard));
        const notes = read.values.get(4) as Extract<ColumnValues, { kind: 'text' }>;
        expect(texts.map((_, row) => textAt(notes, row))).toEqual(texts);
      }),
    );
  });

  it('reads only the columns that are asked for', () => {
    const read = readShard(writeShard(shardOf(['a', 'b'])), COLUMNS, new Set([3]));
    expect([...read.values.keys()]).toEqual([3]);
  });

  it('is refused if a column has another type', () => {
    const columns = COLUMNS.with(0, column('age', { kind: 'number', dtype: 'INT64' }));
    expect(() => readShard(writeShard(shardOf(['a'])), columns)).toThrow("expected the tensor 'c0/values' INT64");
  });
});

describe('slices and their concatenation', () => {
  it('give the rows back for every type', () => {
    const { values } = shardOf(['one', '', 'drei', 'vier ✓', 'five']);
    for (const each of values) {
      const parts = [sliceRows(each, 0, 2), sliceRows(each, 2, 2), sliceRows(each, 2, 5)];
      expect(parts.map(rowCountOf)).toEqual([2, 0, 3]);
      expect(concatValues(parts)).toEqual(each);
    }
  });
});

describe('a dictionary', () => {
  it('reads back as it was written', () => {
    const entries = ['', 'a', 'Größe', '10'];
    expect(readDictionary(writeDictionary(entries))).toEqual(entries);
  });

  it('has numbers by value before text by code units', () => {
    expect(['b', '10', 'B', '9', 'a', '-1.5'].sort(compareCategories)).toEqual(['-1.5', '9', '10', 'B', 'a', 'b']);
  });
});
