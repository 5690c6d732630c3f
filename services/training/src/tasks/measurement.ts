// How a task measures: a table of metrics of its family, one of which is primary.

import type { NumericTensor } from '@athanor/tensor';
import { z } from 'zod';
import { Meter, type MeterSpec } from '../metrics/meter.js';
import type { Metric } from '../metrics/metric.js';
import type { BoundTask } from './task.js';

/** The parameter of a task that names its primary metric. */
export function primaryParameter(metrics: readonly Metric<never>[], fallback: string) {
  const [first, ...others] = metrics.map(({ name }) => name);
  return z
    .enum([first!, ...others])
    .default(fallback)
    .describe('Metric that the candidates of the model auto are compared by. Metrics count rows.');
}

/** The part of a bound task that measures. */
export function measurement<B>(
  { metrics, details, width }: MeterSpec<B>,
  primary: string,
  toBatch: (scores: Float32Array, truth: NumericTensor) => B,
): Pick<BoundTask, 'primary' | 'startMeter'> {
  const first = metrics.find(({ name }) => name === primary)!;
  const ordered = [first, ...metrics.filter(each => each !== first)];
  return {
    primary: { metric: first.name, smallerIsBetter: first.smallerIsBetter },
    startMeter(wants) {
      const meter = new Meter({ metrics: ordered, width, ...(wants?.details && details && { details }) });
      return {
        add: (scores, truth) => meter.add(toBatch(scores, truth)),
        metrics: () => meter.metrics(),
        details: () => meter.details(),
      };
    },
  };
}
