// The training engine: from a specification and data to a model, with reports and checkpoints. It does not know jobs,
// transports or storage; the attempt's process provides those.

import { stateShapes } from '@athanor/autodiff';
import { writeModel } from '@athanor/onnx';
import { openSession, type Session } from '@athanor/runtime';
import type { Tensor } from '@athanor/tensor';
import { assertStateFits, type Checkpoint, type Cursor, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { type ChunkSizer, createChunkSizer } from './chunk-size.js';
import { TrainingDiverged } from './errors.js';
import { evaluate } from './evaluate.js';
import { initialWeights } from './initial-weights.js';
import { buildNetwork, evalGraph, type Network, trainGraph } from './network.js';
import { advance, assertFinite, nextChunk, START, stepsPerEpoch } from './progress.js';
import type { ChunkReport, EpochReport } from './reports.js';
import { rowOrder } from './row-order.js';
import { assertValidSpec, type TrainingSpec } from './spec.js';
import { StepRunner } from './step-runner.js';
import { assertValidData, rowCount, type TrainingData } from './training-data.js';

export interface TrainOptions {
  readonly spec: TrainingSpec;
  readonly data: TrainingData;
  /** A checkpoint of the same job; the result equals that of an uninterrupted run bit for bit. */
  readonly resumeFrom?: Uint8Array;
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
      readonly network: Network;
      readonly parameters: ReadonlyMap<string, Tensor<'FP32'>>;
    };

const VALIDATION_BATCH = 256;

/** Throws InvalidTrainingSpec, InvalidTrainingData, TrainingDiverged, CheckpointMismatch, CheckpointCorrupt. */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const { spec, data, resumeFrom } = options;
  assertValidSpec(spec);
  assertValidData(data);
  const network = buildNetwork(spec, data);
  const graph = trainGraph(network, spec);
  const checkpoint = resumeFrom
    ? readCheckpoint(spec, resumeFrom)
    : { cursor: START, state: initialWeights(network.model.parameters, spec.seed) };
  if (resumeFrom) assertStateFits(checkpoint, stateShapes(graph));
  const runner = await StepRunner.open(graph, { spec, split: data.train, checkpoint });
  const training = new Training(options, network, runner, checkpoint.cursor);
  try {
    return await training.run();
  } finally {
    await training.release();
  }
}

class Training {
  readonly #options: TrainOptions;
  readonly #network: Network;
  readonly #runner: StepRunner;
  readonly #sizer: ChunkSizer;
  readonly #clock: () => number;
  #cursor: Cursor;
  #lastLoss: number | undefined;
  #validation: Session | undefined;
  #checkpointedStep: number;

  constructor(options: TrainOptions, network: Network, runner: StepRunner, cursor: Cursor) {
    this.#options = options;
    this.#network = network;
    this.#runner = runner;
    this.#cursor = cursor;
    this.#checkpointedStep = cursor.step;
    this.#sizer = createChunkSizer(options.spec.chunkSteps);
    this.#clock = options.clock ?? (() => performance.now());
  }

  async run(): Promise<TrainingResult> {
    const { epochs } = this.#options.spec;
    while (this.#cursor.epoch < epochs) {
      if (!(await this.#runEpoch())) {
        await this.#checkpoint();
        return { status: 'stopped', step: this.#cursor.step };
      }
      await this.#finishEpoch();
    }
    await this.#checkpoint();
    const { step } = this.#cursor;
    return { status: 'completed', step, network: this.#network, parameters: this.#parameters() };
  }

  async release(): Promise<void> {
    await this.#validation?.release();
    await this.#runner.release();
  }

  /** False if it was stopped before the end. */
  async #runEpoch(): Promise<boolean> {
    const { spec, data, signal, onChunk } = this.#options;
    const rows = rowCount(data.train);
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
    const { data, onEpoch } = this.#options;
    const { epoch, step, lossSum, correct } = this.#cursor;
    const rows = rowCount(data.train);
    const validation = await this.#validate();
    const report = { epoch, trainLoss: lossSum / rows, trainAccuracy: correct / rows, ...validation };
    this.#cursor = { ...START, epoch: epoch + 1, step };
    await onEpoch?.(report);
  }

  async #validate(): Promise<Pick<EpochReport, 'validationLoss' | 'validationAccuracy'>> {
    const { spec, data } = this.#options;
    if (rowCount(data.validation) === 0) return {};
    this.#validation ??= await openSession(writeModel(evalGraph(this.#network, data.inputName)), {
      intraOpThreads: spec.cpuThreads,
      provider: spec.provider ?? 'cpu',
    });
    const feeds = Object.fromEntries(this.#parameters());
    const { metrics } = await evaluate(this.#validation, data.validation, {
      inputName: data.inputName,
      classes: data.classes.length,
      batchSize: VALIDATION_BATCH,
      feeds,
    });
    if (!Number.isFinite(metrics.loss)) throw TrainingDiverged.ofPredictions('validation', spec.optimizer.learningRate);
    return { validationLoss: metrics.loss, validationAccuracy: metrics.accuracy };
  }

  /** Throws TrainingDiverged if a weight is not finite: the last update can make it so after a finite loss. */
  #parameters(): Map<string, Tensor<'FP32'>> {
    const state = this.#runner.state();
    const parameters = new Map(this.#network.model.parameters.map(({ name }) => [name, state.get(name)!]));
    for (const [name, { data }] of parameters) {
      if (data.every(Number.isFinite)) continue;
      const { learningRate } = this.#options.spec.optimizer;
      throw TrainingDiverged.ofWeights(name, { step: this.#cursor.step, learningRate });
    }
    return parameters;
  }

  async #checkpoint(): Promise<void> {
    const { spec, onCheckpoint } = this.#options;
    const { step } = this.#cursor;
    if (!onCheckpoint || step === this.#checkpointedStep) return;
    this.#parameters();
    const checkpoint: Checkpoint = { cursor: this.#cursor, state: this.#runner.state() };
    await onCheckpoint(writeCheckpoint(spec, checkpoint), this.#cursor);
    this.#checkpointedStep = step;
  }
}
