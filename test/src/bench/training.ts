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
import { gatherRows, int64, type NumericTensor, type Tensor, zeros } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { runCommand } from '../mesh/run-athanor.js';
import { BATCH, firstWeights, NETWORK, ROWS, STEPS, trainingRows } from './reference-network.js';
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

/**
 * Seconds per epoch: the Loop, the same step run by run, PyTorch. Rounds alternate, so that noise affects all equally.
 */
export async function benchTraining(python: string | undefined): Promise<Row[]> {
  const rows = await trainingRows();
  const contenders = [
    { name: 'Loop', graph: buildTrainGraph(NETWORK), steps: STEPS },
    { name: 'one run() per step', graph: buildStepGraph(NETWORK), steps: 1 },
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
  const perStep = best('one run() per step');
  return [
    ...contenders.map(each => ({
      name: `${each.name}, ${describe(each.settings)}`,
      figures: { 's/epoch min': Math.min(...each.seconds), 's/epoch median': median(each.seconds) },
    })),
    ...pytorchRows(pytorch),
    ratio('Loop against one run() per step, best of each', median(perStep.seconds) / median(loop.seconds), 2),
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

/**
 * One epoch after a warm-up, gathering the rows included. ONNX Runtime is called directly, so that only the two graphs are
 * compared.
 */
async function epochSeconds(
  { graph, steps, settings }: Contender,
  rows: Readonly<Record<string, NumericTensor>>,
): Promise<number> {
  const session = await ort.InferenceSession.create(writeModel(graph.model), {
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: settings.spinning ? '1' : '0' } } },
  });
  const slots = graph.optimizerSlots.map(({ name, shape }): [string, Tensor] => [name, zeros('FP32', shape)]);
  const named = new Map([...firstWeights(), ...slots] as [string, Tensor<'FP32'>][]);
  const feeds = toOrt({ ...packState(graph, named), [TRAIN_INPUTS.step]: int64([], [0]) });
  const carried = session.outputNames.filter(name => name.startsWith(nextName('')));
  feeds[TRAIN_INPUTS.learningRate] = new ort.Tensor('float32', new Float32Array(steps).fill(1e-3), [steps]);
  const batches = Array.from({ length: STEPS / steps }, (_, chunk) => {
    return Int32Array.from({ length: steps * BATCH }, (_, i) => ((chunk * steps * BATCH + i) * 7919) % ROWS);
  });
  const run = async (batch: Int32Array) => {
    const gathered = Object.entries(rows).map(([name, value]) => [name, gatherRows(value, batch, [steps, BATCH])]);
    Object.assign(feeds, toOrt(Object.fromEntries(gathered)));
    const outputs = await session.run(feeds);
    for (const name of carried) feeds[name.slice(nextName('').length)] = outputs[name] as ort.Tensor;
    return outputs[METRICS.loss]?.data as Float32Array;
  };
  for (const batch of batches.slice(0, 20)) await run(batch);
  const began = performance.now();
  let loss: Float32Array | undefined;
  for (const batch of batches) loss = await run(batch);
  const seconds = (performance.now() - began) / 1000;
  const last = loss?.at(-1) ?? Number.NaN;
  if (!(last < 2))
    throw new Error(`the loss after an epoch is ${last}: the run did not train, so its time is not valid`);
  await session.release();
  return seconds;
}

const ORT_TYPES = { FP32: 'float32', INT32: 'int32', INT64: 'int64', UINT8: 'uint8' } as const;

function toOrt(tensors: Readonly<Record<string, Tensor>>): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      return [name, new ort.Tensor(ORT_TYPES[dtype as keyof typeof ORT_TYPES], data as Float32Array, [...shape])];
    }),
  );
}

/** Seconds per epoch for 1 and 2 threads. */
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
