// One round of one work in a process of its own: prints {"ms": milliseconds per step, "mib": peak memory}. Arguments: the
// work's key, threads, and optionally a prefix for ONNX Runtime's profile.

import { parseComponent, type ResolvedComponent } from '@athanor/components';
import { tensor } from '@athanor/tensor';
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
import { FAMILIES } from '@athanor/training/families';
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
    task: component('task', 'multiclass'),
    model: component('model', model.kind, model.parameters),
    optimizer: component('optimizer', 'adam', { learningRate: 1e-3 }) as TrainingSpec['optimizer'],
    schedule: component('schedule', 'constant'),
    targets: ['label'],
    inputs: ['image'],
    transforms: [{ columns: ['image'], transform: component('transform', ...transformOf(model.kind)) }],
    ...{ epochs: 1, batchSize: batch, patience: 0, seed: 1, cpuThreads, checkpointEverySteps: 1_000_000 },
  };
  const { network, train } = await prepareData(spec, randomData(image));
  const graph = trainGraph(network, spec);
  const state = initialWeights(weightsOf(network.model), spec.seed);
  const runner = await StepRunner.open(graph, { spec, checkpoint: { cursor: START, state }, frozen: new Map() });
  const source = memorySource(train, spec.seed);
  const run = async (count: number) => {
    const end = count * batch;
    const rows = Math.min(end, ROWS - (ROWS % batch));
    // The same rows over and over: only their number matters.
    for (let done = 0; done < end; done += rows) {
      const batches = await source.read(0, { steps: rows / batch, batchRows: batch, begin: 0, end: rows });
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

function component(family: string, kind: string, parameters: object = {}): ResolvedComponent {
  const parsed = parseComponent(FAMILIES.find(({ name }) => name === family)!, { kind, parameters, version: 0 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.component;
}

function transformOf(model: string): [kind: string, parameters: object] {
  return model === 'mlp' ? ['pixels', {}] : ['image', { normalize: 'unit' }];
}

function randomData(shape: readonly number[]) {
  const size = shape.reduce((product, each) => product * each, 1);
  const pixels = Uint8Array.from({ length: ROWS * size }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 13) % 256);
  const split = (rows: number) => ({
    rows,
    values: new Map([
      [
        'image',
        { kind: 'vector' as const, tensor: tensor('UINT8', [rows, ...shape], pixels.subarray(0, rows * size)) },
      ],
      ['label', { kind: 'category' as const, codes: Int32Array.from({ length: rows }, (_, row) => row % CLASSES) }],
    ]),
  });
  const columns = [
    { name: 'image', type: { kind: 'vector', dtype: 'UINT8', shape }, role: 'input', nullable: false },
    {
      name: 'label',
      type: { kind: 'category' },
      role: 'target',
      nullable: false,
      categories: Array.from({ length: CLASSES }, (_, i) => `${i}`),
    },
  ] as const;
  return { columns, train: split(ROWS), validation: split(CLASSES) };
}
