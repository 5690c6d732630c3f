// What an attempt reports of its chunks. A figure that is not known is absent.

import type { ProgressInput } from '@athanor/contracts/training';
import type { ChunkReport } from '../engine/index.js';

export function toProgress(report: ChunkReport): ProgressInput {
  const { epoch, step, totalSteps, losses, gradientNorms, learningRate } = report;
  const throughput = new Throughput();
  throughput.add(report);
  return {
    ...{ epoch: epoch + 1, step, totalSteps, loss: mean(losses), learningRate },
    ...(gradientNorms && { gradientNorm: mean(gradientNorms) }),
    ...throughput.figures(),
  };
}

/** Rows per second over several chunks. */
export class Throughput {
  #rows = 0;
  #seconds = 0;

  add({ rows, seconds }: Pick<ChunkReport, 'rows' | 'seconds'>): void {
    this.#rows += rows;
    this.#seconds += seconds;
  }

  /** Empty before the first chunk. */
  figures(): { readonly rowsPerSecond?: number } {
    return this.#seconds > 0 ? { rowsPerSecond: this.#rows / this.#seconds } : {};
  }
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
