import type { Metric } from '@athanor/contracts/api';
import { figure, table } from '../output/render.js';

/** Metrics of the rows in which a column has some value; null: missing. */
export interface SliceMetrics {
  readonly column: string;
  readonly value: string | null;
  readonly rows: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const MAX_SLICES_SHOWN = 40;
const METRICS_SHOWN = 4;

/** The first metrics of each slice; of many slices those with the worst primary metric. */
export function slicesText(slices: readonly SliceMetrics[], metrics: readonly Metric[]): string {
  const [primary] = metrics;
  if (slices.length === 0 || primary === undefined) return '';
  // The loss is one of the other metrics too.
  const names = metrics
    .flatMap(({ name }) => (name === 'loss' && name !== primary.name ? [] : [name]))
    .slice(0, METRICS_SHOWN);
  const isSmall = slices.length <= MAX_SLICES_SHOWN;
  const shown = isSmall ? slices : worst(slices, primary).slice(0, MAX_SLICES_SHOWN);
  const note = isSmall ? '' : `The ${shown.length} of ${slices.length} slices with the worst ${primary.name}:\n`;
  const rows = shown.map(({ column, value, rows, metrics: figures }) => {
    return [column, value ?? '(missing)', rows, ...names.map(name => figure(figures[name]))];
  });
  return `\n${note}${table(['SLICE', 'VALUE', 'ROWS', ...names.map(name => name.toUpperCase())], rows)}`;
}

/** Slices for which the metric is not defined come last. */
function worst(slices: readonly SliceMetrics[], { name, smallerIsBetter }: Metric): readonly SliceMetrics[] {
  const sign = smallerIsBetter ? -1 : 1;
  const rank = ({ metrics }: SliceMetrics) => sign * (metrics[name] ?? sign * Number.POSITIVE_INFINITY);
  return slices.toSorted((a, b) => rank(a) - rank(b));
}
