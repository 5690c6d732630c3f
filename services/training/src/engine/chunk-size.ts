// How many steps to train per run() of the runtime. The number does not change the result, only how often the engine
// reports, checkpoints and checks for cancellation.

// The duration of a step is unknown before the first one, and nothing is reported until a run ends.
const FIRST_STEPS = 1;
const TARGET_MS = 1000;
const MAX_STEPS = 16_384;
/** Of the rows of a run, which are copied for it. */
const MAX_ROW_BYTES = 2 ** 28;

export interface ChunkSizer {
  next(): number;
  /** Records how long a run of `steps` steps took. */
  observe(steps: number, elapsedMs: number): void;
}

/** The most steps of a run whose steps have rows of `stepBytes` each. */
export function maxChunkSteps(stepBytes: number): number {
  return Math.max(1, Math.min(MAX_STEPS, Math.floor(MAX_ROW_BYTES / Math.max(stepBytes, 1))));
}

export function createChunkSizer(fixedSteps: number | undefined, maxSteps = MAX_STEPS): ChunkSizer {
  if (fixedSteps !== undefined) return { next: () => fixedSteps, observe: () => undefined };
  let steps = FIRST_STEPS;
  return {
    next: () => steps,
    observe(done, elapsedMs) {
      const fitting = Math.round((done * TARGET_MS) / Math.max(elapsedMs, 1));
      // Grows at most fourfold at a time: a short run is a noisy measurement.
      steps = Math.max(1, Math.min(fitting, done * 4, maxSteps));
    },
  };
}
