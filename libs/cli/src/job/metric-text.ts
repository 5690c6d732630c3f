import type { Metric } from '@athanor/contracts/api';
import { figure } from '../output/render.js';

/** "rmse 0.4211"; the first metric is the primary one. */
export function metricText(metric: Metric | undefined): string {
  return metric === undefined ? '' : `${metric.name} ${figure(metric.value)}`;
}
