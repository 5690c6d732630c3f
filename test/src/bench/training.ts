import { fileURLToPath } from 'node:url';
import {
  buildStepGraph,
  buildTrainGraph,
  METRICS,
  nextName,
  packState,
  TRAIN_INPUTS,
  type TrainGraph,
} from '@athanor/autodiff';
import { writeModel } from '@athanor/onnx';
import { openSession } from '@athanor/runtime';
import { int64, type Tensor, tensor, zeros } from '@athanor/tensor';
import { runCommand } from '../mesh/run-athanor.js';
import { BATCH, firstWeights, NETWORK, STEPS, trainingRows } from './reference-network.js';
import { median, type Row } from './table.js';

const REPEATS = 3;
const PYTORCH = fileURLToPath(new URL('../../src/bench/pytorch_epoch.py', import.meta.url));

interface Settings {
  readonly threads: number;
  readonly spinning: boolean;
}

const SETTINGS: readonly Settings[] = [
  { threads: 1, spinning: false },
  { threads: 2, spinning: false },
  { threads: 2, spinning: true },
];

/** Seconds an epoch: the Loop, the same step run by run, PyTorch. Rounds alternate, so that all see the same machine. */
export async function benchTraining(python: string | undefined): Promise<Row[]> {
  const rows = await trainingRows();
  const contenders = [
    { name: 'Loop', graph: buildTrainGraph(NETWORK), steps: STEPS },
    { name: 'one run() a step', graph: buildStepGraph(NETWORK), steps: 1 },
  ].flatMap(each => SETTINGS.map(settings => ({ ...each, settings, seconds: [] as number[] })));
  const pytorch: number[][] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const contender of contenders) contender.seconds.push(await epochSeconds(contender, rows));
    if (python !== undefined) pytorch.push(await pytorchSeconds(python));
  }
  const best = (name: string) =>
    contenders
      .filter(each => each.name === name)
      .sort((a, b) => median(a.seconds) - median(b.seconds))[0] as (typeof contenders)[number];
  const loop = best('Loop');
  const perStep = best('one run() a step');
  return [
    ...contenders.map(each => ({
      name: `${each.name}, ${describe(each.settings)}`,
      figures: { 's/epoch min': Math.min(...each.seconds), 's/epoch median': median(each.seconds) },
    })),
    ...pytorchRows(pytorch),
    ratio('Loop against one run() a step, best of each', median(perStep.seconds) / median(loop.seconds), 2),
    ...(pytorch.length === 0
      ? []
      : [
          ratio(
            'Loop against PyTorch eager at its best thread count',
            bestPytorch(pytorch) / median(loop.seconds),
            1.5,
          ),
        ]),
  ];
}

function describe({ threads, spinning }: Settings): string {
  return `${threads} thread${threads === 1 ? '' : `s${spinning ? ', spinning' : ''}`}`;
}

function ratio(name: string, value: number, target: number): Row {
  return { name, figures: { ratio: value, target } };
}

interface Contender {
  readonly graph: TrainGraph;
  readonly steps: number;
  readonly settings: Settings;
}

/** One epoch after a warm-up; feeds are allocated before the clock starts. */
async function epochSeconds(
  { graph, steps, settings }: Contender,
  rows: Record<'features' | 'labels', Tensor>,
): Promise<number> {
  const session = await openSession(writeModel(graph.model), {
    intraOpThreads: settings.threads,
    allowSpinning: settings.spinning,
  });
  const slots = graph.optimizerSlots.map(({ name, shape }): [string, Tensor] => [name, zeros('FP32', shape)]);
  const named = new Map([...firstWeights(), ...slots] as [string, Tensor<'FP32'>][]);
  let state: Record<string, Tensor> = { ...packState(graph, named), [TRAIN_INPUTS.step]: int64([], [0]) };
  const batches = Array.from({ length: STEPS / steps }, (_, chunk) => {
    const indices = Int32Array.from({ length: steps * BATCH }, (_, i) => ((chunk * steps * BATCH + i) * 7919) % 60_000);
    return tensor('INT32', [steps, BATCH], indices);
  });
  const rates = tensor('FP32', [steps], new Float32Array(steps).fill(1e-3));
  const run = async (batchIndices: Tensor) => {
    const feeds = { ...state, ...rows, [TRAIN_INPUTS.batchIndices]: batchIndices, [TRAIN_INPUTS.learningRate]: rates };
    const outputs = await session.run(feeds);
    state = Object.fromEntries(Object.keys(state).map(name => [name, outputs[nextName(name)] as Tensor]));
    return outputs[METRICS.loss]?.data as Float32Array;
  };
  for (const batch of batches.slice(0, 20)) await run(batch);
  const began = performance.now();
  let loss: Float32Array | undefined;
  for (const batch of batches) loss = await run(batch);
  const seconds = (performance.now() - began) / 1000;
  const last = loss?.at(-1) ?? Number.NaN;
  if (!(last < 2))
    throw new Error(`the loss after an epoch is ${last}: this run trained nothing, so its time counts for nothing`);
  await session.release();
  return seconds;
}

/** Seconds an epoch for 1 and 2 threads. */
async function pytorchSeconds(python: string): Promise<number[]> {
  const { code, stdout, stderr } = await runCommand(python, [PYTORCH]);
  if (code !== 0) throw new Error(`the PyTorch run failed:\n${stderr}`);
  return JSON.parse(stdout) as number[];
}

function pytorchRows(runs: number[][]): Row[] {
  if (runs.length === 0)
    return [{ name: 'PyTorch eager: not run (no Python with torch; set ATHANOR_BENCH_PYTHON)', figures: {} }];
  return [0, 1].map(index => {
    const seconds = runs.map(run => run[index] as number);
    return {
      name: `PyTorch eager, ${index + 1} thread${index === 0 ? '' : 's'}`,
      figures: { 's/epoch min': Math.min(...seconds), 's/epoch median': median(seconds) },
    };
  });
}

function bestPytorch(runs: number[][]): number {
  return Math.min(...[0, 1].map(index => median(runs.map(run => run[index] as number))));
}
