import type { Metric } from '@athanor/contracts/api';
import { type Html, html } from '../html/markup.js';

/** With the direction in which it is better, if that is not the usual one. */
export function metricName({ name, smallerIsBetter }: Pick<Metric, 'name' | 'smallerIsBetter'>): Html {
  return smallerIsBetter ? html`${name} <span class="muted">smaller is better</span>` : html`${name}`;
}
