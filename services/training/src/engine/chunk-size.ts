// How many steps to train per run() of the runtime. It changes no bit of the result: only how often the engine reports,
// checkpoints and sees a cancellation.

// How long a step takes is not known before the first, and nothing is reported until it ends.
const FIRST_STEPS = 1;
const TARGET_MS = 1000;
const MAX_STEPS = 16_384;

export interface ChunkSizer {
  next(): number;
  /** Tells how long a run of so many steps took. */
  observe(steps: number, elapsedMs: number): void;
}

export function createChunkSizer(fixedSteps: number | undefined): ChunkSizer {
  if (fixedSteps !== undefined) return { next: () => fixedSteps, observe: () => undefined };
  let steps = FIRST_STEPS;
  return {
    next: () => steps,
    observe(done, elapsedMs) {
      const fitting = Math.round((done * TARGET_MS) / Math.max(elapsedMs, 1));
      // At most fourfold at a time: a short run is a noisy measurement.
      steps = Math.max(1, Math.min(fitting, done * 4, MAX_STEPS));
    },
  };
}
