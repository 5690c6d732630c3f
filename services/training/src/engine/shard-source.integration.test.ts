// Memory while rows are streamed, measured in a process of its own.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { modelOf, optimizerOf, specOf } from './training-data.testkit.js';

const ENGINE = new URL('../../dist/engine/index.js', import.meta.url).href;
const MIB = 2 ** 20;
const SHARD = 8 * MIB;
const BUFFER = 32 * MIB;
const SHAPE = [64, 64];
const ROW = 64 * 64;

/** Trains an epoch on shards of random images, and prints how many bytes the process grew. */
const TRAIN = `
const [engine, text] = process.argv.slice(1);
const { spec, shape, rowsPerShard, shards, row } = JSON.parse(text);
const { train } = await import(engine);
const columns = [
  { name: 'image', type: { kind: 'vector', dtype: 'UINT8', shape }, role: 'input', nullable: false },
  { name: 'label', type: { kind: 'category' }, role: 'target', nullable: false, categories: ['a', 'b'] },
];
const split = (rows, withImages) => {
  const codes = Int32Array.from({ length: rows }, (_, index) => index % 2);
  const values = [['label', { kind: 'category', codes }]];
  if (withImages) values.push(['image', { kind: 'vector', tensor: { dtype: 'UINT8', shape: [rows, ...shape], data: new Uint8Array(rows * row).fill(rows) } }]);
  return { rows, values: new Map(values) };
};
const read = async () => split(rowsPerShard, true);
const sizes = Array.from({ length: shards }, () => ({ rows: rowsPerShard, byteSize: rowsPerShard * row }));
const data = { columns, train: split(rowsPerShard * shards, false), validation: split(8, true), stream: { shards: sizes, read } };
const before = process.memoryUsage().rss;
const result = await train({ spec, data });
const grown = process.resourceUsage().maxRSS * 1024 - before;
process.stdout.write(JSON.stringify({ grown, status: result.status }));
`;

async function grownBy(shards: number): Promise<number> {
  const optimizer = optimizerOf('sgd', { learningRate: 0.01 });
  const model = modelOf('mlp', { hidden: [8] });
  const lengths = { epochs: 1, batchSize: 256, checkpointEverySteps: 1_000_000, chunkSteps: 8 };
  const spec = specOf({ model, optimizer, ...lengths, shuffleBufferBytes: BUFFER });
  const work = { spec, shape: SHAPE, rowsPerShard: SHARD / ROW, shards, row: ROW };
  const words = ['--input-type=module', '--eval', TRAIN, ENGINE, JSON.stringify(work)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  const { grown, status } = JSON.parse(stdout) as { grown: number; status: string };
  expect(status).toBe('completed');
  return grown;
}

test('a data set of 16 times the shuffle buffer takes the memory of one of 4 times', async () => {
  const four = await grownBy((4 * BUFFER) / SHARD);
  const sixteen = await grownBy((16 * BUFFER) / SHARD);
  expect(sixteen - four).toBeLessThan(BUFFER);
  // The rows of the smaller set would be 4 buffers, and as many again once they are encoded.
  expect(sixteen).toBeLessThan(8 * BUFFER);
});
