import { METRICS, nextName, packState, rowsName, TRAIN_INPUTS, type TrainGraph, unpackState } from '@athanor/autodiff';
import { writeModel } from '@athanor/onnx';
import { openSession, type Session } from '@athanor/runtime';
import { int64, type Tensor, tensor } from '@athanor/tensor';
import type { Checkpoint } from './checkpoint.js';
import type { EncodedSplit } from './prepare-data.js';
import type { TrainingSpec } from './spec.js';

export interface StepResults {
  /** Mean loss of each step. */
  readonly losses: Float32Array;
  /** Correctly predicted rows of each step; undefined if the loss does not count them. */
  readonly correct: Int32Array | undefined;
  /** Sum of the rows' weights of each step; their number if all count alike. */
  readonly weights: Float64Array;
}

/** The training graph in a session, with the state that is passed from run to run. */
export class StepRunner {
  readonly #graph: TrainGraph;
  readonly #session: Session;
  readonly #dataset: Record<string, Tensor>;
  readonly #weights: Float32Array | undefined;
  readonly #learningRate: number;
  #state: Record<string, Tensor>;

  private constructor(graph: TrainGraph, session: Session, options: StepRunnerOptions) {
    const { split, checkpoint, spec } = options;
    this.#graph = graph;
    this.#session = session;
    const inputs = [...split.inputs].map(([name, value]) => [rowsName(name), value]);
    this.#weights = split.weights?.data as Float32Array | undefined;
    this.#dataset = {
      ...Object.fromEntries(inputs),
      [TRAIN_INPUTS.labels]: split.labels,
      ...(split.weights && { [TRAIN_INPUTS.weights]: split.weights }),
    };
    this.#learningRate = spec.optimizer.parameters.learningRate;
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

  /** Trains one step per row of `rows` [steps, batch]; the values are row indices into the split. */
  async run(rows: Int32Array, steps: number): Promise<StepResults> {
    const outputs = await this.#session.run({
      ...this.#state,
      ...this.#dataset,
      [TRAIN_INPUTS.batchIndices]: tensor('INT32', [steps, rows.length / steps], rows),
      [TRAIN_INPUTS.learningRate]: tensor('FP32', [steps], new Float32Array(steps).fill(this.#learningRate)),
    });
    this.#state = Object.fromEntries(Object.keys(this.#state).map(name => [name, outputs[nextName(name)]!]));
    return {
      losses: outputs[METRICS.loss]!.data as Float32Array,
      correct: outputs[METRICS.correct]?.data as Int32Array | undefined,
      weights: this.#weightsOf(rows, steps),
    };
  }

  #weightsOf(rows: Int32Array, steps: number): Float64Array {
    const batch = rows.length / steps;
    const sums = new Float64Array(steps);
    if (this.#weights === undefined) return sums.fill(batch);
    for (const [position, row] of rows.entries()) sums[Math.floor(position / batch)]! += this.#weights[row]!;
    return sums;
  }

  /** Parameters and optimizer state by name. */
  state(): Map<string, Tensor<'FP32'>> {
    return unpackState(this.#graph, this.#state);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

export interface StepRunnerOptions {
  readonly spec: TrainingSpec;
  readonly split: EncodedSplit;
  readonly checkpoint: Checkpoint;
}
