// One round of one work in a process of its own: prints {"ms": milliseconds per step, "mib": peak memory}. Arguments: the
// work's key, and threads.

import {
  initialWeights,
  memorySource,
  prepareData,
  START,
  StepRunner,
  type TrainingSpec,
  trainGraph,
  weightsOf,
} from '@athanor/training/engine';
import { engineComponent } from '../../engine/component.js';
import { randomImages } from '../../engine/random-images.js';
import { WORKS, type Work } from './works.js';

const CLASSES = 10;
const ROWS = 1_024;
const STEPS_PER_RUN = 20;

const [key = '', threads = '1'] = process.argv.slice(2);
const work = WORKS[key];
if (work === undefined) throw new Error(`expected one of ${Object.keys(WORKS).join(', ')}, received '${key}'`);
const ms = await millisecondsPerStep(work, Number(threads));
process.stdout.write(`${JSON.stringify({ ms, mib: process.resourceUsage().maxRSS / 1024 })}\n`);

async function millisecondsPerStep({ model, image, batch, steps }: Work, cpuThreads: number): Promise<number> {
  const spec: TrainingSpec = {
    task: engineComponent('task', 'multiclass'),
    model: engineComponent('model', model.kind, model.parameters),
    optimizer: engineComponent('optimizer', 'adam', { learningRate: 1e-3 }) as TrainingSpec['optimizer'],
    schedule: engineComponent('schedule', 'constant'),
    targets: ['label'],
    inputs: ['image'],
    transforms: [{ columns: ['image'], transform: engineComponent('transform', ...transformOf(model.kind)) }],
    ...{ epochs: 1, batchSize: batch, patience: 0, seed: 1, cpuThreads, checkpointEverySteps: 1_000_000 },
  };
  const { network, train } = await prepareData(
    spec,
    randomImages({ shape: image, classes: CLASSES, rows: { train: ROWS, validation: CLASSES } }),
  );
  const graph = trainGraph(network, spec);
  const state = initialWeights(weightsOf(network.model), spec.seed);
  const runner = await StepRunner.open(graph, { spec, checkpoint: { cursor: START, state }, frozen: new Map() });
  const source = memorySource(train, spec.seed);
  const run = async (count: number) => {
    const end = count * batch;
    const rows = Math.min(end, ROWS - (ROWS % batch));
    // The same rows over and over: only their number matters.
    for (let done = 0; done < end; done += rows) {
      const batches = await source.read(0, { steps: rows / batch, stepRows: batch, begin: 0, end: rows });
      await runner.run(batches, new Float32Array(rows / batch).fill(1e-3));
    }
    return Math.ceil(end / rows) * (rows / batch);
  };
  await run(STEPS_PER_RUN);
  const began = performance.now();
  const done = await run(steps);
  const elapsed = performance.now() - began;
  await runner.release();
  return elapsed / done;
}

function transformOf(model: string): [kind: string, parameters: object] {
  return model === 'mlp' ? ['pixels', {}] : ['image', { normalize: 'unit' }];
}
