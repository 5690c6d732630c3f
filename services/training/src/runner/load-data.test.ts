import type { CategoryValues, ColumnValues, NumberValues } from '@athanor/data';
import { writeDictionary, writeShard } from '@athanor/data';
import { expect, test } from 'vitest';
import { loadData } from './load-data.js';

const number = (name: string, role: string) => {
  return { name, role, nullable: false, type: { kind: 'number', dtype: 'FP64' } };
};
const COLUMNS = [
  number('a', 'input'),
  number('b', 'input'),
  { ...number('y', 'target'), type: { kind: 'category' }, dictionary: { digest: 'classes', entries: 2 } },
];

/** Two training shards of 3 rows, and one of test rows. */
function dataset({ withTest = true } = {}) {
  const blobs = new Map<string, Uint8Array>([['classes', writeDictionary(['no', 'yes'])]]);
  const store = (digest: string, first: number) => {
    const values: ColumnValues[] = [
      { kind: 'number', data: Float64Array.of(first, first + 1, first + 2) },
      { kind: 'number', data: Float64Array.of(-first, 0, 1) },
      { kind: 'category', codes: Int32Array.of(0, 1, 0) },
    ];
    const ids = { ordinals: Uint32Array.of(0, 1, 2), partitions: new Uint8Array(3) };
    const bytes = writeShard({ values, ids } as never);
    blobs.set(digest, bytes);
    return { digest, rows: 3, byteSize: bytes.length };
  };
  const train = [store('one', 10), store('two', 20)];
  const test = withTest ? [store('three', 30)] : [];
  const splits = {
    train: { rows: 6, shards: train },
    validation: { rows: 0, shards: [] },
    test: { rows: test.length * 3, shards: test },
  };
  blobs.set('', Buffer.from(JSON.stringify({ formatVersion: 2, columns: COLUMNS, splits })));
  const readBlob = async (digest: string) => Buffer.from(blobs.get(digest)!);
  const bytes = train.reduce((sum, { byteSize }) => sum + byteSize, 0);
  return { readBlob, bytes };
}

const numbersOf = (values: ColumnValues | undefined) => [...((values as NumberValues).data as Float64Array)];

test('training rows that are larger than the buffer are streamed; what is no input, or kept, is in memory', async () => {
  const { readBlob, bytes } = dataset();
  const streaming = { inputs: ['a', 'b'], kept: ['b'], bufferBytes: bytes - 1, readShard: readBlob };
  const data = await loadData(readBlob, ['a', 'b', 'y'], { streaming });
  expect([...data.train.values.keys()]).toEqual(['b', 'y']);
  expect(numbersOf(data.train.values.get('b'))).toEqual([-10, 0, 1, -20, 0, 1]);
  expect([...(data.train.values.get('y') as CategoryValues).codes]).toEqual([0, 1, 0, 0, 1, 0]);
  expect(data.stream!.shards.map(({ rows }) => rows)).toEqual([3, 3]);
  const second = await data.stream!.read(1);
  expect(numbersOf(second.values.get('a'))).toEqual([20, 21, 22]);
  expect([...second.values.keys()]).toEqual(['a', 'b']);
  expect(data.evaluated.map(({ name }) => name)).toEqual(['test']);
});

test('training rows that fit are in memory', async () => {
  const { readBlob, bytes } = dataset();
  const streaming = { inputs: ['a', 'b'], kept: [], bufferBytes: bytes, readShard: readBlob };
  const data = await loadData(readBlob, ['a', 'b', 'y'], { streaming });
  expect(data.stream).toBeUndefined();
  expect(numbersOf(data.train.values.get('a'))).toEqual([10, 11, 12, 20, 21, 22]);
});

test('streamed training rows without others to evaluate on are refused', async () => {
  const { readBlob } = dataset({ withTest: false });
  const streaming = { inputs: ['a', 'b'], kept: [], bufferBytes: 1, readShard: readBlob };
  await expect(loadData(readBlob, ['a', 'b', 'y'], { streaming })).rejects.toThrow('expected validation or test rows');
});
