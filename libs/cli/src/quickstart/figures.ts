import { fields } from '../output/render.js';

/** The results that --json writes. */
export interface QuickstartFigures {
  readonly testAccuracy: number;
  readonly servedAccuracy: number;
  readonly servedRows: number;
  /** The evaluation's accuracy on the rows that were served: equal to servedAccuracy. */
  readonly evaluatedAccuracyOfServedRows: number;
  readonly secondsPerEpoch: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly versionDigest: string;
  readonly datasetDigest: string;
  readonly totalSeconds: number;
}

export function summary(figures: QuickstartFigures): string {
  const seconds = figures.secondsPerEpoch;
  return `\n${fields([
    ['Accuracy on the test split', figures.testAccuracy.toFixed(4)],
    [
      `Accuracy of ${figures.servedRows} served rows`,
      `${figures.servedAccuracy.toFixed(4)} (evaluation of the same rows: ${figures.evaluatedAccuracyOfServedRows.toFixed(4)})`,
    ],
    ['Seconds per epoch', seconds.map(value => value.toFixed(2)).join(' ')],
    ['Latency of one row', `p50 ${figures.p50Ms.toFixed(2)} ms, p99 ${figures.p99Ms.toFixed(2)} ms`],
    ['Model version', figures.versionDigest],
    ['Dataset version', figures.datasetDigest],
    ['Total time', `${figures.totalSeconds.toFixed(1)} s`],
  ])}`;
}
