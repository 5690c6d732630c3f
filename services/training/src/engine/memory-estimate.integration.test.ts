// The estimate against how much a process of its own grows while it trains.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { TrainingSpec } from './spec.js';
import { modelOf, specOf, transformOf } from './training-data.testkit.js';

const ENGINE = new URL('../../dist/engine/index.js', import.meta.url).href;

interface Work {
  readonly spec: TrainingSpec;
  /** Of an image. */
  readonly shape: readonly number[];
  readonly steps: number;
}

/** Trains three runs, and prints {"estimated": bytes, "grown": bytes}. */
const MEASURE = `
const [engine, text] = process.argv.slice(1);
const { spec, shape, steps } = JSON.parse(text);
const e = await import(engine);
const perStep = spec.batchSize * (spec.accumulateSteps ?? 1);
const size = shape.reduce((product, each) => product * each, 1);
const split = rows => {
  const data = Uint8Array.from({ length: rows * size }, (_, i) => (i * 7919) % 251);
  const image = { kind: 'vector', tensor: { dtype: 'UINT8', shape: [rows, ...shape], data } };
  const codes = Int32Array.from({ length: rows }, (_, row) => row % 4);
  return { rows, values: new Map([['image', image], ['label', { kind: 'category', codes }]]) };
};
const columns = [
  { name: 'image', type: { kind: 'vector', dtype: 'UINT8', shape }, role: 'input', nullable: false },
  { name: 'label', type: { kind: 'category' }, role: 'target', nullable: false, categories: ['a', 'b', 'c', 'd'] },
];
const { network, train } = await e.prepareData(spec, { columns, train: split(steps * perStep), validation: split(4) });
const graph = e.trainGraph(network, spec);
const estimated = e.estimateMemory(graph, spec, steps).peak;
const source = e.memorySource(train, spec.seed);
const state = e.initialWeights(e.weightsOf(network.model), spec.seed);
const before = process.memoryUsage().rss;
const runner = await e.StepRunner.open(graph, { spec, checkpoint: { cursor: e.START, state }, frozen: new Map() });
for (let run = 0; run < 3; run++) {
  const batches = await source.read(0, { steps, stepRows: perStep, begin: 0, end: steps * perStep });
  await runner.run(batches, new Float32Array(steps).fill(1e-4));
}
const grown = process.resourceUsage().maxRSS * 1024 - before;
process.stdout.write(JSON.stringify({ estimated, grown }));
`;

async function measure(work: Work): Promise<{ estimated: number; grown: number }> {
  const words = ['--input-type=module', '--eval', MEASURE, ENGINE, JSON.stringify(work)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout) as { estimated: number; grown: number };
}

const image = (kind: 'pixels' | 'image') => [{ columns: ['image'], transform: transformOf(kind) }];

test.each<[string, Work]>([
  [
    'a network of wide layers and large batches',
    {
      spec: specOf({ model: modelOf('mlp', { hidden: [1024, 1024] }), transforms: image('pixels'), batchSize: 4096 }),
      shape: [28, 28],
      steps: 1,
    },
  ],
  [
    'a residual network',
    {
      spec: specOf({ model: modelOf('resnet', { channels: 8 }), transforms: image('image'), batchSize: 256 }),
      shape: [32, 32, 3],
      steps: 2,
    },
  ],
])('of %s, the process grows by half to twice the estimate', async (_, work) => {
  const { estimated, grown } = await measure(work);
  expect(grown / estimated).toBeGreaterThan(0.5);
  expect(grown / estimated).toBeLessThan(2);
  // Otherwise the runtime's own size would be most of what is measured.
  expect(grown).toBeGreaterThan(200 * 2 ** 20);
});
