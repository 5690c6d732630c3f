import { type Model, writeModel } from '@athanor/onnx';
import { openSession, type Session } from '@athanor/runtime';
import type { NumericTensor, Tensor } from '@athanor/tensor';
import type { Score } from './checkpoint.js';
import type { EncodedSplit } from './encoded-split.js';
import { TrainingDiverged } from './errors.js';
import { evaluate, rowsAt } from './evaluate.js';
import { evalGraph, type Network } from './network.js';
import type { EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';
import { type ValidationBatch, validationBatch } from './validation-batch.js';

export type ValidationReport = Pick<EpochReport, 'validationLoss' | 'validationMetrics'>;
type Weights = ReadonlyMap<string, Tensor<'FP32'>>;

/** Measures weights on the validation split, which may be empty. */
export class Validator {
  readonly #network: Network;
  readonly #split: EncodedSplit;
  readonly #spec: TrainingSpec;
  #evaluation: { readonly model: Model; readonly batch: ValidationBatch } | undefined;
  #session: Session | undefined;

  constructor(network: Network, split: EncodedSplit, spec: TrainingSpec) {
    this.#network = network;
    this.#split = split;
    this.#spec = spec;
  }

  /** Bytes of the intermediate values of a run; 0 if the split is empty. */
  get memory(): number {
    return this.#split.rows === 0 ? 0 : this.#graph().batch.bytes;
  }

  /** Throws TrainingDiverged if the loss is not a finite number. */
  async report(weights: Weights): Promise<ValidationReport> {
    const scores = await this.#scores(weights);
    if (scores === undefined) return { validationMetrics: [] };
    const meter = this.#network.task.startMeter();
    meter.add(scores, this.#split.truth);
    const metrics = meter.metrics();
    const validationLoss = metrics.find(({ name }) => name === 'loss')?.value;
    if (validationLoss === undefined || !Number.isFinite(validationLoss))
      throw TrainingDiverged.ofPredictions('validation', this.#spec.optimizer.parameters.learningRate);
    return { validationLoss, validationMetrics: metrics };
  }

  scoreOf({ validationLoss: loss, validationMetrics }: ValidationReport): Score | undefined {
    const { metric } = this.#network.task.primary;
    const value = validationMetrics.find(({ name }) => name === metric)?.value;
    return value === undefined || loss === undefined ? undefined : { value, loss };
  }

  /** The network with what the task chooses after training. */
  async finished(weights: Weights): Promise<Network> {
    const { task } = this.#network;
    if (task.finish === undefined) return this.#network;
    const scores = await this.#scores(weights);
    return { ...this.#network, task: task.finish(scores && { scores, truth: this.#split.truth }) };
  }

  async release(): Promise<void> {
    await this.#session?.release();
  }

  /** Undefined if the split is empty. */
  async #scores(weights: Weights): Promise<Float32Array | undefined> {
    const { rows, inputs } = this.#split;
    if (rows === 0) return undefined;
    const { model, batch } = this.#graph();
    this.#session ??= await openSession(writeModel(model), {
      intraOpThreads: this.#spec.cpuThreads,
      provider: this.#spec.provider ?? 'cpu',
    });
    return await evaluate(this.#session, {
      scores: this.#network.task.scores,
      rows,
      batchSize: batch.rows,
      inputs: (begin, end) => rowsOf(inputs, begin, end),
      feeds: Object.fromEntries(weights),
    });
  }

  #graph() {
    if (this.#evaluation === undefined) {
      const model = evalGraph(this.#network);
      this.#evaluation = { model, batch: validationBatch(model) };
    }
    return this.#evaluation;
  }
}

function rowsOf(inputs: ReadonlyMap<string, NumericTensor>, begin: number, end: number): Record<string, Tensor> {
  return Object.fromEntries([...inputs].map(([name, value]) => [name, rowsAt(value, begin, end)]));
}
