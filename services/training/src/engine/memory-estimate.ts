// What training will take of memory, estimated from the training graph before the first step.

import { stateShapes, type TrainGraph } from '@athanor/autodiff';
import { memoryNeed } from '@athanor/onnx';
import { elementCount } from '@athanor/tensor';
import { maxChunkSteps } from './chunk-size.js';
import { InsufficientMemory } from './errors.js';
import { DEFAULT_SHUFFLE_BUFFER_BYTES, stepRows, type TrainingSpec } from './spec.js';

/** In bytes, without what the process has before: its code, and the rows of the data set. */
export interface MemoryEstimate {
  /** Weights, optimizer state and constants: those of a run and, for the search of a divergence, of the run before. */
  readonly state: number;
  /** The rows that a run is given. */
  readonly rows: number;
  /** Intermediate values of a run: the largest set that exists at once, the state after the run included. */
  readonly computed: number;
  /** Of validation: intermediate values of a run, in a session of its own. */
  readonly validation: number;
  /** Shards of a training split that is streamed: the window that is trained and the next one. */
  readonly windows: number;
  /** With what the runtime's arena reserves beyond them. */
  readonly peak: number;
}

/**
 * ONNX Runtime's arena grows by regions of doubling size (bfc_arena.cc, kNextPowerOfTwo). Measured with six networks, the
 * process grows by 0.75 to 1.35 times the peak with this factor.
 */
const ARENA_FACTOR = 2;

/** Of runs of `steps` steps, without validation and windows. */
export function estimateMemory(graph: TrainGraph, spec: TrainingSpec, steps: number): MemoryEstimate {
  const need = memoryNeed(graph.model, {
    symbols: { steps, batch: stepRows(spec) },
    // In the main graph the steps are what is unknown, in bodies the rows of a batch.
    unknown: depth => (depth === 0 ? steps : spec.batchSize),
  });
  const carried = bytesOf([...stateShapes(graph).values()]);
  const frozen = bytesOf(graph.frozen.map(({ shape }) => shape));
  const state = 2 * carried + frozen + need.initializers;
  const rows = need.inputs - carried - frozen;
  const { computed } = need;
  return { state, rows, computed, validation: 0, windows: 0, peak: state + rows + ARENA_FACTOR * computed };
}

interface MemoryPlan {
  readonly trainRows: number;
  /** Of validation: bytes of the intermediate values of a run. */
  readonly validation: number;
  readonly isStreamed?: boolean;
  readonly memoryLimit?: number;
  onEstimate?(estimate: MemoryEstimate): void;
}

/**
 * The most steps of a run. Reports the estimate for runs of as many; throws InsufficientMemory if a run of one step needs more
 * than the limit.
 */
export function planMemory(graph: TrainGraph, spec: TrainingSpec, plan: MemoryPlan): number {
  const { trainRows, memoryLimit, onEstimate, validation, isStreamed = false } = plan;
  const windows = isStreamed ? 2 * (spec.shuffleBufferBytes ?? DEFAULT_SHUFFLE_BUFFER_BYTES) : 0;
  const estimate = (steps: number): MemoryEstimate => {
    const training = estimateMemory(graph, spec, steps);
    const peak = training.peak + ARENA_FACTOR * validation + windows;
    return { ...training, validation, windows, peak };
  };
  const ofStep = estimate(1);
  if (memoryLimit !== undefined) assertFitsMemory(ofStep, spec, memoryLimit);
  const maxSteps = maxChunkSteps(ofStep.rows);
  const fullSteps = Math.max(1, Math.floor(trainRows / stepRows(spec)));
  const steps = spec.chunkSteps ?? Math.min(maxSteps, fullSteps, spec.checkpointEverySteps);
  onEstimate?.(estimate(steps));
  return maxSteps;
}

/**
 * Throws InsufficientMemory if even a run of one step cannot fit into `limit` bytes. Decided without what the arena reserves:
 * a job that might fit is tried.
 */
function assertFitsMemory(estimate: MemoryEstimate, spec: TrainingSpec, limit: number): void {
  const { state, rows, computed, validation, windows } = estimate;
  const needed = state + rows + computed + validation + windows;
  if (needed > limit) throw new InsufficientMemory({ needed, limit, state, windows, batchSize: spec.batchSize });
}

function bytesOf(shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((sum, shape) => sum + elementCount(shape) * Float32Array.BYTES_PER_ELEMENT, 0);
}
