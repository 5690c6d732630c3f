import type { Metric } from '@athanor/contracts/api';
import { type Content, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { userText } from '../html/user-text.js';
import { countText, figureText } from '../text/numbers.js';
import type { DetailedEvaluation, SliceMetrics } from './job-data.js';

const MAX_SLICES = 100;
const MAX_METRICS = 5;

/** Metrics by the values of columns, beside those of all rows; of many slices those with the worst primary metric. */
export function slicesTable({ evaluation, slices }: DetailedEvaluation): Content {
  const { metrics, rows, split } = evaluation;
  const [primary] = metrics;
  if (slices.length === 0 || primary === undefined) return '';
  // The loss is one of the other metrics too.
  const shownMetrics = metrics.filter(({ name }) => name !== 'loss' || name === primary.name).slice(0, MAX_METRICS);
  const isCut = slices.length > MAX_SLICES;
  const shown = isCut ? worst(slices, primary).slice(0, MAX_SLICES) : slices;
  const columns = [
    { title: 'column' },
    { title: 'value' },
    { title: 'rows', isNumber: true },
    ...shownMetrics.map(metric => ({ title: metric.name, isNumber: true })),
  ];
  const all = {
    cells: ['all rows', '', countText(rows), ...shownMetrics.map(({ value }) => figureText(value))],
    isPrimary: true,
  };
  const lines = shown.map(({ column, value, rows: count, metrics: figures }) => [
    userText(column),
    value === null ? html`<i class="muted">missing</i>` : userText(value),
    countText(count),
    ...shownMetrics.map(({ name }) => figureText(figures[name])),
  ]);
  const note = isCut
    ? html`<p class="muted">The ${MAX_SLICES} of ${countText(slices.length)} slices with the worst ${primary.name}.</p>`
    : '';
  return [html`<h3>On the ${split} rows</h3>`, note, table(columns, [all, ...lines])];
}

/** Slices for which the metric is not defined come last. */
function worst(slices: readonly SliceMetrics[], { name, smallerIsBetter }: Metric): readonly SliceMetrics[] {
  const sign = smallerIsBetter ? -1 : 1;
  const rank = ({ metrics }: SliceMetrics) => sign * (metrics[name] ?? sign * Number.POSITIVE_INFINITY);
  return slices.toSorted((a, b) => rank(a) - rank(b));
}
