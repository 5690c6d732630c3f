import type { Details } from './details.js';
import type { Accumulator, Measure, Metric, MetricValue, Statistic } from './metric.js';

/** Details that a family of tasks has, besides its metrics. */
export type DetailMeasures<B> = { readonly [K in keyof Details]?: Measure<B, NonNullable<Details[K]>> };

/** Metrics, and details if they are wanted, of the same rows. */
export interface MeterSpec<B> {
  /** In the order in which they are reported. */
  readonly metrics: readonly Metric<B>[];
  readonly details?: DetailMeasures<B>;
  /** Number of classes, labels or targets. */
  readonly width: number;
}

/** Accumulates every statistic that the metrics need once. */
export class Meter<B> {
  readonly #spec: MeterSpec<B>;
  readonly #states = new Map<Statistic<B>, Accumulator<B>>();

  constructor(spec: MeterSpec<B>) {
    this.#spec = spec;
    for (const { statistic } of [...spec.metrics, ...Object.values(spec.details ?? {})])
      if (!this.#states.has(statistic)) this.#states.set(statistic, statistic.start(spec.width));
  }

  add(batch: B): void {
    for (const state of this.#states.values()) state.add(batch);
  }

  /** Continues with the rows of a meter of the same specification, which is not used any more. */
  merge(other: Meter<B>): void {
    for (const [statistic, state] of this.#states) state.merge(other.#states.get(statistic)!);
  }

  metrics(): MetricValue[] {
    return this.#spec.metrics.flatMap(each => {
      const value = this.#end(each);
      if (value === undefined || !Number.isFinite(value)) return [];
      return [{ name: each.name, value, smallerIsBetter: each.smallerIsBetter }];
    });
  }

  details(): Details {
    const entries = Object.entries(this.#spec.details ?? {}).map(([name, each]) => [name, this.#end<unknown>(each)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Details;
  }

  #end<V>({ statistic, end }: Measure<B, V>): V | undefined {
    return end(this.#states.get(statistic)!);
  }
}
