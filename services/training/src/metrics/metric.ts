// A metric is a number computed from a statistic that is accumulated batch by batch, in bounded memory: one file each,
// and one line in the table of its family. Metrics of the same statistic share its accumulation.

/** What is accumulated over the rows. Its state does not grow with them beyond a documented size. */
export interface Accumulator<B> {
  add(batch: B): void;
  /** Continues with the rows of `other`, which is not used any more. */
  merge(other: this): void;
}

/** `width` is the number of classes, labels or targets. */
export interface Statistic<B, A extends Accumulator<B> = Accumulator<B>> {
  start(width: number): A;
}

/** A result computed from a statistic. */
export interface Measure<B, V> {
  readonly statistic: Statistic<B>;
  /** Undefined if it is not defined on these rows. */
  end(accumulated: Accumulator<B>): V | undefined;
}

export interface Metric<B> extends Measure<B, number> {
  /** Standard name, for example "accuracy" or "f1_macro". */
  readonly name: string;
  readonly smallerIsBetter: boolean;
}

/** A figure of a model on some rows. A metric that is undefined on them is absent, not 0. */
export interface MetricValue {
  readonly name: string;
  readonly value: number;
  readonly smallerIsBetter: boolean;
}

export function measure<B, A extends Accumulator<B>, V>(
  statistic: Statistic<B, A>,
  end: (accumulated: A) => V | undefined,
): Measure<B, V> {
  return { statistic, end: accumulated => end(accumulated as A) };
}

/** A metric of which more is better. */
export function score<B, A extends Accumulator<B>>(
  name: string,
  statistic: Statistic<B, A>,
  end: (accumulated: A) => number | undefined,
): Metric<B> {
  return { name, smallerIsBetter: false, ...measure(statistic, end) };
}

/** A metric of which less is better. */
export function error<B, A extends Accumulator<B>>(
  name: string,
  statistic: Statistic<B, A>,
  end: (accumulated: A) => number | undefined,
): Metric<B> {
  return { name, smallerIsBetter: true, ...measure(statistic, end) };
}

/** Undefined if the denominator is 0. */
export function ratio(numerator: number, denominator: number): number | undefined {
  return denominator === 0 ? undefined : numerator / denominator;
}
