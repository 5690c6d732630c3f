import type { Metric } from '@athanor/contracts/api';
import { type Content, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { countText, figureText } from '../text/numbers.js';
import type { DetailedEvaluation } from './job-data.js';
import { metricName } from './metric-name.js';

/** Every metric on every evaluated split; the primary one first. */
export function metricsTable(evaluations: readonly DetailedEvaluation[]): Content {
  const all = evaluations.map(({ evaluation }) => evaluation);
  const byName = new Map<string, Metric>();
  for (const metric of all.flatMap(({ metrics }) => metrics))
    if (!byName.has(metric.name)) byName.set(metric.name, metric);
  const rows = [...byName.values()].map((metric, index) => ({
    cells: [
      metricName(metric),
      ...all.map(({ metrics }) => figureText(metrics.find(({ name }) => name === metric.name)?.value)),
    ],
    isPrimary: index === 0,
  }));
  const columns = [
    { title: 'metric' },
    ...all.map(({ split, rows: count }) => ({ title: `${split}, ${countText(count)} rows`, isNumber: true })),
  ];
  return [table(columns, rows), html`<p class="muted">The first is the primary metric of the task.</p>`];
}
