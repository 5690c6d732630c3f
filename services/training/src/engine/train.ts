// The training engine: from a specification and data to a model, with reports and checkpoints. It does not know jobs,
// transports or storage; the attempt's process provides those.

import { stateShapes } from '@athanor/autodiff';
import { writeModel } from '@athanor/onnx';
import { openSession, type Session } from '@athanor/runtime';
import type { NumericTensor, Tensor } from '@athanor/tensor';
import { withLearningRate } from '../optimizers/learning-rate.js';
import {
  assertStateFits,
  type Best,
  type Checkpoint,
  type Cursor,
  readCheckpoint,
  type Score,
  writeCheckpoint,
} from './checkpoint.js';
import { type ChunkSizer, createChunkSizer } from './chunk-size.js';
import { TrainingDiverged } from './errors.js';
import { evaluate, rowsAt } from './evaluate.js';
import { initialWeights } from './initial-weights.js';
import { evalGraph, type Network, trainGraph } from './network.js';
import { type EncodedSplit, type PreparedData, prepareData } from './prepare-data.js';
import { advance, assertFinite, hasStopped, nextChunk, START, stepsPerEpoch } from './progress.js';
import type { ChunkReport, EpochReport } from './reports.js';
import { rowOrder } from './row-order.js';
import { assertValidSpec, type TrainingSpec } from './spec.js';
import { StepRunner } from './step-runner.js';
import { assertValidData, type TrainingData } from './training-data.js';

export interface TrainOptions {
  readonly spec: TrainingSpec;
  readonly data: TrainingData;
  /** A checkpoint of the same job; the result equals that of an uninterrupted run bit for bit. */
  readonly resumeFrom?: Uint8Array | undefined;
  onChunk?(report: ChunkReport): void | Promise<void>;
  /** May be called twice for an epoch if training resumes from its last step. */
  onEpoch?(report: EpochReport): void | Promise<void>;
  /** Called every `checkpointEverySteps`, when stopped, and at the end; not for the step that training resumed from. */
  onCheckpoint?(checkpoint: Uint8Array, cursor: Cursor): void | Promise<void>;
  /** Stops between two runs, after a checkpoint. */
  readonly signal?: AbortSignal;
  /** Clock in milliseconds; used only to size the runs. */
  readonly clock?: () => number;
}

export type TrainingResult =
  | { readonly status: 'stopped'; readonly step: number }
  | {
      readonly status: 'completed';
      readonly step: number;
      /** Epochs that were trained. */
      readonly epochs: number;
      /** Of the kept weights; undefined without validation rows. */
      readonly score: Score | undefined;
      readonly network: Network;
      readonly parameters: ReadonlyMap<string, Tensor<'FP32'>>;
    };

type ValidationReport = Pick<EpochReport, 'validationLoss' | 'validationMetrics'>;

const VALIDATION_BATCH = 256;

/** Throws InvalidTrainingSpec, InvalidTrainingData, TrainingDiverged, CheckpointMismatch, CheckpointCorrupt. */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const { data, resumeFrom } = options;
  const spec = { ...options.spec, optimizer: withLearningRate(options.spec.optimizer, options.spec.model) };
  assertValidSpec(spec);
  assertValidData(data);
  const prepared = await prepareData(spec, data);
  const { network, train } = prepared;
  const graph = trainGraph(network, spec);
  const checkpoint = resumeFrom
    ? readCheckpoint(spec, resumeFrom)
    : { cursor: START, state: initialWeights(network.model.parameters, spec.seed) };
  if (resumeFrom) assertStateFits(checkpoint, stateShapes(graph));
  const runner = await StepRunner.open(graph, { spec, split: train, checkpoint });
  const training = new Training({ ...options, spec }, prepared, { runner, checkpoint });
  try {
    return await training.run();
  } finally {
    await training.release();
  }
}

class Training {
  readonly #options: TrainOptions;
  readonly #network: Network;
  readonly #train: EncodedSplit;
  readonly #validation: EncodedSplit;
  readonly #runner: StepRunner;
  readonly #sizer: ChunkSizer;
  readonly #clock: () => number;
  #cursor: Cursor;
  #best: Best | undefined;
  #lastLoss: number | undefined;
  #session: Session | undefined;
  #checkpointedStep: number;

  constructor(options: TrainOptions, prepared: PreparedData, begin: { runner: StepRunner; checkpoint: Checkpoint }) {
    const { cursor, best } = begin.checkpoint;
    this.#options = options;
    this.#network = prepared.network;
    this.#train = prepared.train;
    this.#validation = prepared.validation;
    this.#runner = begin.runner;
    this.#cursor = cursor;
    this.#best = best;
    this.#checkpointedStep = cursor.step;
    this.#sizer = createChunkSizer(options.spec.chunkSteps);
    this.#clock = options.clock ?? (() => performance.now());
  }

  async run(): Promise<TrainingResult> {
    const { spec } = this.#options;
    while (this.#cursor.epoch < spec.epochs && !hasStopped(spec, this.#cursor, this.#best)) {
      if (!(await this.#runEpoch())) {
        await this.#checkpoint();
        return { status: 'stopped', step: this.#cursor.step };
      }
      await this.#finishEpoch();
    }
    await this.#checkpoint();
    const { step, epoch: epochs } = this.#cursor;
    const parameters = this.#best?.parameters ?? this.#parameters();
    const score = this.#scoreOf(await this.#validate(parameters));
    return { status: 'completed', step, epochs, score, network: await this.#finished(parameters), parameters };
  }

  async release(): Promise<void> {
    await this.#session?.release();
    await this.#runner.release();
  }

  /** False if it was stopped before the end. */
  async #runEpoch(): Promise<boolean> {
    const { spec, signal, onChunk } = this.#options;
    const { rows } = this.#train;
    const totalSteps = spec.epochs * stepsPerEpoch(rows, spec.batchSize);
    const order = rowOrder(rows, spec.seed, this.#cursor.epoch);
    while (this.#cursor.stepInEpoch < stepsPerEpoch(rows, spec.batchSize)) {
      if (signal?.aborted) return false;
      const losses = await this.#runChunk(order);
      const { epoch, step } = this.#cursor;
      await onChunk?.({ epoch, step, totalSteps, losses });
      if (step % spec.checkpointEverySteps === 0) await this.#checkpoint();
    }
    return true;
  }

  async #runChunk(order: Int32Array): Promise<Float32Array> {
    const { spec } = this.#options;
    const chunk = nextChunk(this.#cursor, order.length, spec, this.#sizer.next());
    const begun = this.#clock();
    const results = await this.#runner.run(order.subarray(chunk.begin, chunk.end), chunk.steps);
    if (chunk.batchRows === spec.batchSize) this.#sizer.observe(chunk.steps, this.#clock() - begun);
    assertFinite(this.#cursor, results.losses, this.#lastLoss, spec);
    this.#lastLoss = results.losses.at(-1);
    this.#cursor = advance(this.#cursor, chunk, results);
    return results.losses;
  }

  async #finishEpoch(): Promise<void> {
    const { onEpoch, spec } = this.#options;
    const { epoch, step, lossSum, correct } = this.#cursor;
    const { rows, weights } = this.#train;
    const { correctMetric } = this.#network.task;
    const trainMetrics =
      correctMetric === undefined ? [] : [{ name: correctMetric, value: correct / rows, smallerIsBetter: false }];
    const totalWeight = weights ? (weights.data as Float32Array).reduce((sum, each) => sum + each, 0) : rows;
    const parameters = this.#parameters();
    const validation = await this.#validate(parameters);
    const score = this.#scoreOf(validation);
    // The loss, and not the metric: a metric of few rows has few values.
    if (spec.patience > 0 && score !== undefined && (this.#best === undefined || score.loss < this.#best.loss))
      this.#best = { epoch, ...score, parameters };
    this.#cursor = { ...START, epoch: epoch + 1, step };
    await onEpoch?.({ epoch, trainLoss: lossSum / totalWeight, trainMetrics, ...validation });
  }

  #scoreOf({ validationLoss: loss, validationMetrics }: ValidationReport): Score | undefined {
    const { metric } = this.#network.task.primary;
    const value = validationMetrics.find(({ name }) => name === metric)?.value;
    return value === undefined || loss === undefined ? undefined : { value, loss };
  }

  /** The network with what the task chooses after training. */
  async #finished(parameters: ReadonlyMap<string, Tensor<'FP32'>>): Promise<Network> {
    const { task } = this.#network;
    if (task.finish === undefined) return this.#network;
    const scores = await this.#validationScores(parameters);
    return { ...this.#network, task: task.finish(scores && { scores, truth: this.#validation.truth }) };
  }

  async #validate(parameters: ReadonlyMap<string, Tensor<'FP32'>>): Promise<ValidationReport> {
    const { spec } = this.#options;
    const scores = await this.#validationScores(parameters);
    if (scores === undefined) return { validationMetrics: [] };
    const { task } = this.#network;
    const meter = task.startMeter();
    meter.add(scores, this.#validation.truth);
    const metrics = meter.metrics();
    const validationLoss = metrics.find(({ name }) => name === 'loss')?.value;
    if (validationLoss === undefined || !Number.isFinite(validationLoss))
      throw TrainingDiverged.ofPredictions('validation', spec.optimizer.parameters.learningRate);
    return { validationLoss, validationMetrics: metrics };
  }

  /** Undefined if the validation split is empty. */
  async #validationScores(parameters: ReadonlyMap<string, Tensor<'FP32'>>): Promise<Float32Array | undefined> {
    const { spec } = this.#options;
    const { rows, inputs } = this.#validation;
    if (rows === 0) return undefined;
    this.#session ??= await openSession(writeModel(evalGraph(this.#network)), {
      intraOpThreads: spec.cpuThreads,
      provider: spec.provider ?? 'cpu',
    });
    return await evaluate(this.#session, {
      scores: this.#network.task.scores,
      rows,
      batchSize: VALIDATION_BATCH,
      inputs: (begin, end) => rowsOf(inputs, begin, end),
      feeds: Object.fromEntries(parameters),
    });
  }

  /** Throws TrainingDiverged if a weight is not finite: the last update can make it so after a finite loss. */
  #parameters(): Map<string, Tensor<'FP32'>> {
    const state = this.#runner.state();
    const parameters = new Map(this.#network.model.parameters.map(({ name }) => [name, state.get(name)!]));
    for (const [name, { data }] of parameters) {
      if (data.every(Number.isFinite)) continue;
      const { learningRate } = this.#options.spec.optimizer.parameters;
      throw TrainingDiverged.ofWeights(name, { step: this.#cursor.step, learningRate });
    }
    return parameters;
  }

  async #checkpoint(): Promise<void> {
    const { spec, onCheckpoint } = this.#options;
    const { step } = this.#cursor;
    if (!onCheckpoint || step === this.#checkpointedStep) return;
    this.#parameters();
    const best = this.#best && { best: this.#best };
    const checkpoint: Checkpoint = { cursor: this.#cursor, state: this.#runner.state(), ...best };
    await onCheckpoint(writeCheckpoint(spec, checkpoint), this.#cursor);
    this.#checkpointedStep = step;
  }
}

function rowsOf(inputs: ReadonlyMap<string, NumericTensor>, begin: number, end: number): Record<string, Tensor> {
  return Object.fromEntries([...inputs].map(([name, value]) => [name, rowsAt(value, begin, end)]));
}
