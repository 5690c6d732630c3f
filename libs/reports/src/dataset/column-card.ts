import type { ColumnStatistics, DatasetColumn } from '@athanor/contracts/ingest';
import { type HistogramBin, histogram } from '../charts/histogram.js';
import { bars } from '../html/bars.js';
import { type Content, type Html, html } from '../html/markup.js';
import { fields } from '../html/table.js';
import { shorten, userText } from '../html/user-text.js';
import { countText, numberText, shareText } from '../text/numbers.js';
import { microsecondsText } from '../text/times.js';
import { typeText } from './column-type.js';
import { imageFacts } from './image-facts.js';
import { roleTag, rowsOf, uniqueText } from './schema-table.js';

const MAX_VALUES = 10;

/** The distribution of one column. */
export function columnCard({ column, statistics }: DatasetColumn): Html {
  const kind = column?.type?.kind ?? '';
  const isBoolean = column?.type?.datatype === 'BOOL';
  const name = column?.name ?? '';
  return html`<article class="card"><h3>${userText(name)}</h3>
<p class="muted">${typeText(column?.type)} ${roleTag(column?.role ?? '')} ${missingText(statistics)}</p>
${statistics === null ? html`<p class="muted">There are no statistics of this column.</p>` : distribution({ name, kind, isBoolean, statistics })}
</article>
`;
}

interface Distribution {
  readonly name: string;
  readonly kind: string;
  readonly isBoolean: boolean;
  readonly statistics: ColumnStatistics;
}

function distribution({ name, kind, isBoolean, statistics }: Distribution): Content {
  if (statistics.count === 0) return html`<p class="muted">Every value is missing.</p>`;
  if (isBoolean && statistics.zeros !== undefined) return booleans(statistics, statistics.zeros);
  if (statistics.min !== undefined) return numbers(name, kind, statistics);
  if (statistics.topValues.length > 0 || statistics.minLength !== undefined) return values(statistics);
  return html`<p class="muted">No distribution of its values is stored.</p>`;
}

function booleans({ count }: ColumnStatistics, zeros: number): Html {
  return bars(
    [
      { label: 'true', count: count - zeros },
      { label: 'false', count: zeros },
    ],
    count,
  );
}

function numbers(name: string, kind: string, statistics: ColumnStatistics): Content {
  const isTime = kind === 'timestamp';
  const text = isTime ? microsecondsText : numberText;
  const quantile = (probability: number) => statistics.quantiles.find(each => each.probability === probability)?.value;
  const plotted = plottedBins(statistics, isTime);
  const ofElements = kind === 'vector';
  const { images } = statistics;
  return [
    plotted.length === 0
      ? html`<p class="muted">No histogram is stored.</p>`
      : histogram({
          label: `Histogram of ${shorten(name)}`,
          bins: plotted,
          isTime,
          ...(ofElements && { yName: 'values', caption: 'Over all elements of all rows.' }),
        }),
    fields([
      ['min', text(statistics.min)],
      ['max', text(statistics.max)],
      ['mean', text(statistics.mean)],
      // Of timestamps a number of microseconds.
      ['std', isTime ? daysText(statistics.stdDev) : text(statistics.stdDev)],
      ['25 %', text(quantile(0.25))],
      ['75 %', text(quantile(0.75))],
      ['median', text(quantile(0.5))],
      ['distinct', uniqueText(statistics)],
      ['10 %', quantile(0.1) === undefined ? '' : text(quantile(0.1))],
      ['90 %', quantile(0.9) === undefined ? '' : text(quantile(0.9))],
      ['zeros', isTime || statistics.zeros === undefined ? '' : countText(statistics.zeros)],
    ]),
    images === null ? '' : imageFacts(images),
  ];
}

function plottedBins({ histogram: stored }: ColumnStatistics, isTime: boolean): HistogramBin[] {
  const scale = isTime ? 1e-3 : 1;
  return stored
    .map(({ low, high, count }) => ({ low: low * scale, high: high * scale, count }))
    .filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
}

function daysText(microseconds: number | undefined): string {
  return microseconds === undefined ? '–' : `${numberText(microseconds / 86_400e6)} days`;
}

function values(statistics: ColumnStatistics): Content {
  const { topValues, count, unique, minLength, maxLength, meanLength } = statistics;
  const shown = topValues.slice(0, MAX_VALUES);
  const rest = count - shown.reduce((sum, each) => sum + each.count, 0);
  const others = unique === undefined ? undefined : unique - shown.length;
  const lines = shown.map(({ value, count: rows }) => ({ label: userText(value, 40), count: rows }));
  return [
    bars(lines, count),
    rest > 0
      ? html`<p class="muted">${others === undefined ? 'Other' : countText(Math.max(others, 1))} other values: ${countText(rest)} rows, ${shareText(rest, count)}</p>`
      : '',
    fields([
      ['distinct', uniqueText(statistics)],
      ['characters', minLength === undefined ? '' : `${minLength} to ${maxLength}, mean ${numberText(meanLength)}`],
    ]),
  ];
}

function missingText(statistics: ColumnStatistics | null): string {
  const missing = statistics?.missing ?? 0;
  return missing === 0 ? '' : `${countText(missing)} missing (${shareText(missing, rowsOf(statistics))})`;
}
