import { METRICS, nextName, packState, TRAIN_INPUTS, type TrainGraph, unpackState } from '@athanor/autodiff';
import { writeModel } from '@athanor/onnx';
import { openSession, type Session } from '@athanor/runtime';
import { int64, type NumericTensor, type Tensor, tensor } from '@athanor/tensor';
import type { Batches } from './batch-source.js';
import type { Checkpoint } from './checkpoint.js';
import { rowsAt } from './evaluate.js';
import type { TrainingSpec } from './spec.js';

export interface StepResults {
  /** Mean loss of each step. */
  readonly losses: Float32Array;
  /** Correctly predicted rows of each step; undefined if the loss does not count them. */
  readonly correct: Int32Array | undefined;
  /** Global norm of the gradients of each step; undefined if the optimizer does not report it. */
  readonly gradientNorms: Float32Array | undefined;
}

export interface StepRunnerOptions {
  readonly spec: TrainingSpec;
  readonly checkpoint: Checkpoint;
  /** Parameters that are not trained. */
  readonly frozen: ReadonlyMap<string, Tensor<'FP32'>>;
}

/** The training graph in a session, with the state that is passed from run to run. */
export class StepRunner {
  readonly #graph: TrainGraph;
  readonly #session: Session;
  readonly #frozen: Readonly<Record<string, Tensor>>;
  #state: Record<string, Tensor>;
  #before: Record<string, Tensor> | undefined;

  private constructor(graph: TrainGraph, session: Session, { checkpoint, frozen }: StepRunnerOptions) {
    this.#graph = graph;
    this.#session = session;
    this.#frozen = Object.fromEntries(frozen);
    this.#state = {
      ...packState(graph, checkpoint.state),
      [TRAIN_INPUTS.step]: int64([], [checkpoint.cursor.step]),
    };
  }

  static async open(graph: TrainGraph, options: StepRunnerOptions): Promise<StepRunner> {
    const { cpuThreads: intraOpThreads, provider = 'cpu' } = options.spec;
    const session = await openSession(writeModel(graph.model), { intraOpThreads, provider });
    return new StepRunner(graph, session, options);
  }

  /** `rates`: the learning rate of each step. */
  async run({ feeds }: Batches, rates: Float32Array): Promise<StepResults> {
    const outputs = await this.#session.run({
      ...this.#state,
      ...this.#frozen,
      ...feeds,
      ...ratesOf(rates),
    });
    this.#before = this.#state;
    this.#state = Object.fromEntries(Object.keys(this.#state).map(name => [name, outputs[nextName(name)]!]));
    return {
      losses: outputs[METRICS.loss]!.data as Float32Array,
      correct: outputs[METRICS.correct]?.data as Int32Array | undefined,
      gradientNorms: outputs[METRICS.gradientNorm]?.data as Float32Array | undefined,
    };
  }

  /** What the step `index` of the last run was fed: the state is that before it. */
  async feedsOf(index: number, { feeds }: Batches, rates: Float32Array): Promise<Record<string, Tensor>> {
    const before = this.#before;
    if (before === undefined) throw new Error('expected a run before, there was none');
    const part = (begin: number, end: number) => ({
      ...rowsOfSteps(feeds, begin, end),
      ...ratesOf(rates.slice(begin, end)),
    });
    if (index === 0) return { ...before, ...this.#frozen, ...part(0, 1) };
    const outputs = await this.#session.run({ ...before, ...this.#frozen, ...part(0, index) });
    const reached = Object.keys(before).map(name => [name, outputs[nextName(name)]!]);
    return { ...Object.fromEntries(reached), ...this.#frozen, ...part(index, index + 1) };
  }

  /** Trained parameters, optimizer state and buffers by name. */
  state(): Map<string, Tensor<'FP32'>> {
    return unpackState(this.#graph, this.#state);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function ratesOf(rates: Float32Array): Record<string, Tensor> {
  return { [TRAIN_INPUTS.learningRate]: tensor('FP32', [rates.length], rates) };
}

function rowsOfSteps(feeds: Batches['feeds'], begin: number, end: number): Record<string, Tensor> {
  const entries = Object.entries(feeds).map(([name, value]) => [name, rowsAt(value as NumericTensor, begin, end)]);
  return Object.fromEntries(entries);
}
