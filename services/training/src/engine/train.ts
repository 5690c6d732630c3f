// The training engine: from a specification and data to a model, with reports and checkpoints. It does not know jobs,
// transports or storage; the attempt's process provides those.

import { averageName, stateShapes } from '@athanor/autodiff';
import type { Tensor } from '@athanor/tensor';
import { withLearningRate } from '../optimizers/learning-rate.js';
import type { Batches, BatchSource } from './batch-source.js';
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
import type { EncodedSplit } from './encoded-split.js';
import { epochFigures } from './epoch-figures.js';
import { TrainingDiverged } from './errors.js';
import { findNonFinite } from './find-non-finite.js';
import { initialWeights } from './initial-weights.js';
import { learningRates } from './learning-rates.js';
import { planMemory } from './memory-estimate.js';
import { type Network, trainGraph, weightsOf } from './network.js';
import { type PreparedData, prepareData } from './prepare-data.js';
import { advance, hasStopped, nextChunk, START, stepsPerEpoch } from './progress.js';
import type { ChunkReport } from './reports.js';
import { assertBatchFits, assertValidSpec, stepRows } from './spec.js';
import { StepRunner } from './step-runner.js';
import type { TrainOptions } from './train-options.js';
import { assertValidData } from './training-data.js';
import { Validator } from './validator.js';

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
      readonly weights: ReadonlyMap<string, Tensor<'FP32'>>;
    };

/** Throws InvalidTrainingSpec, InvalidTrainingData, InsufficientMemory, TrainingDiverged, CheckpointMismatch, CheckpointCorrupt. */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const { data, resumeFrom } = options;
  const spec = { ...options.spec, optimizer: withLearningRate(options.spec.optimizer, options.spec.model) };
  assertValidSpec(spec);
  assertValidData(data);
  assertBatchFits(spec, data.train.rows);
  const prepared = await prepareData(spec, data);
  const { network } = prepared;
  const graph = trainGraph(network, spec);
  const validator = new Validator(network, prepared.validation, spec);
  const facts = { trainRows: data.train.rows, isStreamed: data.stream !== undefined, validation: validator.memory };
  const maxSteps = planMemory(graph, spec, { ...options, ...facts });
  const initial = initialWeights(weightsOf(network.model), spec.seed);
  const checkpoint = resumeFrom ? readCheckpoint(spec, resumeFrom) : { cursor: START, state: initial };
  if (resumeFrom) assertStateFits(checkpoint, stateShapes(graph));
  const frozen = new Map(graph.frozen.map(({ name }) => [name, initial.get(name)!]));
  const runner = await StepRunner.open(graph, { spec, checkpoint, frozen });
  const training = new Training({ ...options, spec }, prepared, { runner, validator, checkpoint, frozen, maxSteps });
  try {
    return await training.run();
  } finally {
    await training.release();
  }
}

interface Beginning {
  readonly runner: StepRunner;
  readonly validator: Validator;
  readonly checkpoint: Checkpoint;
  readonly frozen: ReadonlyMap<string, Tensor<'FP32'>>;
  readonly maxSteps: number;
}

interface FailedRun {
  readonly batches: Batches;
  readonly rates: Float32Array;
  readonly losses: Float32Array;
}

class Training {
  readonly #options: TrainOptions;
  readonly #network: Network;
  readonly #train: EncodedSplit;
  readonly #validator: Validator;
  readonly #source: BatchSource;
  readonly #frozen: ReadonlyMap<string, Tensor<'FP32'>>;
  readonly #runner: StepRunner;
  readonly #sizer: ChunkSizer;
  readonly #clock: () => number;
  #cursor: Cursor;
  #best: Best | undefined;
  #lastLoss: number | undefined;
  #checkpointedStep: number;

  constructor(options: TrainOptions, prepared: PreparedData, begin: Beginning) {
    const { cursor, best } = begin.checkpoint;
    this.#options = options;
    this.#network = prepared.network;
    this.#train = prepared.train;
    this.#validator = begin.validator;
    this.#source = prepared.source;
    this.#frozen = begin.frozen;
    this.#runner = begin.runner;
    this.#cursor = cursor;
    this.#best = best;
    this.#checkpointedStep = cursor.step;
    this.#sizer = createChunkSizer(options.spec.chunkSteps, begin.maxSteps);
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
    const weights = this.#best ? new Map([...this.#best.weights, ...this.#frozen]) : this.#weights();
    const score = this.#validator.scoreOf(await this.#validator.report(weights));
    return { status: 'completed', step, epochs, score, network: await this.#validator.finished(weights), weights };
  }

  async release(): Promise<void> {
    await this.#source.release();
    await this.#validator.release();
    await this.#runner.release();
  }

  /** False if it was stopped before the end. */
  async #runEpoch(): Promise<boolean> {
    const { spec, signal, onChunk } = this.#options;
    const { rows } = this.#source;
    const totalSteps = spec.epochs * stepsPerEpoch(rows, spec);
    while (this.#cursor.stepInEpoch < stepsPerEpoch(rows, spec)) {
      if (signal?.aborted) return false;
      const chunk = await this.#runChunk();
      const { epoch, step } = this.#cursor;
      await onChunk?.({ epoch, step, totalSteps, ...chunk });
      if (step % spec.checkpointEverySteps === 0) await this.#checkpoint();
    }
    return true;
  }

  async #runChunk(): Promise<Omit<ChunkReport, 'epoch' | 'step' | 'totalSteps'>> {
    const { spec } = this.#options;
    const chunk = nextChunk(this.#cursor, this.#source.rows, spec, this.#sizer.next());
    const begun = this.#clock();
    const batches = await this.#source.read(this.#cursor.epoch, chunk);
    const rates = learningRates(spec, this.#cursor, {
      steps: chunk.steps,
      stepsPerEpoch: stepsPerEpoch(this.#source.rows, spec),
    });
    const results = await this.#runner.run(batches, rates);
    const elapsedMs = this.#clock() - begun;
    if (chunk.stepRows === stepRows(spec)) this.#sizer.observe(chunk.steps, elapsedMs);
    const { losses, gradientNorms } = results;
    const failed = losses.findIndex(loss => !Number.isFinite(loss));
    if (failed >= 0) throw await this.#divergence(failed, { batches, rates, losses });
    this.#lastLoss = losses.at(-1);
    this.#cursor = advance(this.#cursor, batches, results);
    return {
      ...{ losses, learningRate: rates.at(-1)!, rows: chunk.end - chunk.begin, seconds: elapsedMs / 1000 },
      ...(gradientNorms && { gradientNorms }),
    };
  }

  async #finishEpoch(): Promise<void> {
    const { onEpoch, spec } = this.#options;
    const { epoch, step } = this.#cursor;
    const figures = epochFigures(spec, this.#train, { cursor: this.#cursor, task: this.#network.task });
    const weights = this.#weights();
    const validation = await this.#validator.report(weights);
    const score = this.#validator.scoreOf(validation);
    // The loss, and not the metric: a metric of few rows has few values.
    if (spec.patience > 0 && score !== undefined && (this.#best === undefined || score.loss < this.#best.loss))
      this.#best = { epoch, ...score, weights: withoutFrozen(weights, this.#frozen) };
    const { validationLosses } = this.#cursor;
    const known = validation.validationLoss === undefined ? [] : [validation.validationLoss];
    this.#cursor = { ...START, epoch: epoch + 1, step, validationLosses: [...validationLosses, ...known] };
    await onEpoch?.({ ...figures, ...validation });
  }

  /** Repeats the step whose loss is not finite, to find where that began. */
  async #divergence(failed: number, { batches, rates, losses }: FailedRun): Promise<TrainingDiverged> {
    const { spec } = this.#options;
    const feeds = await this.#runner.feedsOf(failed, batches, rates);
    const origin = await findNonFinite(this.#network, spec, feeds);
    return TrainingDiverged.ofLoss({
      epoch: this.#cursor.epoch,
      step: this.#cursor.step + failed + 1,
      lastFiniteLoss: failed > 0 ? losses[failed - 1] : this.#lastLoss,
      learningRate: spec.optimizer.parameters.learningRate,
      ...(origin && { origin }),
    });
  }

  /** Parameters and buffers. Throws TrainingDiverged if one is not finite: the last update can make it so after a finite loss. */
  #weights(): Map<string, Tensor<'FP32'>> {
    const state = this.#runner.state();
    const weights = new Map(
      weightsOf(this.#network.model).map(({ name }) => [
        name,
        state.get(averageName(name)) ?? state.get(name) ?? this.#frozen.get(name)!,
      ]),
    );
    for (const [name, { data }] of weights) {
      if (data.every(Number.isFinite)) continue;
      const { learningRate } = this.#options.spec.optimizer.parameters;
      throw TrainingDiverged.ofWeights(name, { step: this.#cursor.step, learningRate });
    }
    return weights;
  }

  async #checkpoint(): Promise<void> {
    const { spec, onCheckpoint } = this.#options;
    const { step } = this.#cursor;
    if (!onCheckpoint || step === this.#checkpointedStep) return;
    this.#weights();
    const best = this.#best && { best: this.#best };
    const checkpoint: Checkpoint = { cursor: this.#cursor, state: this.#runner.state(), ...best };
    await onCheckpoint(writeCheckpoint(spec, checkpoint), this.#cursor);
    this.#checkpointedStep = step;
  }
}

/** What training changes: the rest is in no checkpoint. */
function withoutFrozen<T>(weights: ReadonlyMap<string, T>, frozen: ReadonlyMap<string, unknown>): Map<string, T> {
  return new Map([...weights].filter(([name]) => !frozen.has(name)));
}
