import type { DatasetColumn } from '@athanor/contracts/ingest';
import { bars } from '../html/bars.js';
import { type Html, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';
import { countText } from '../text/numbers.js';

const MAX_COLUMNS = 40;

/** Columns with missing values, those with the most first; a full bar is all rows. */
export function missingValues(columns: readonly DatasetColumn[]): Html {
  const affected = columns
    .map(({ column, statistics }) => ({ name: column?.name ?? '', ...statistics }))
    .flatMap(({ name, missing = 0, count = 0 }) => (missing > 0 ? [{ name, missing, rows: missing + count }] : []))
    .sort((a, b) => b.missing - a.missing);
  if (affected.length === 0) return html`<p>No column has missing values.</p>`;
  const shown = affected.slice(0, MAX_COLUMNS);
  const rest = affected.length - shown.length;
  const complete = columns.length - affected.length;
  return html`${bars(
    shown.map(({ name, missing }) => ({ label: userText(name, 40), count: missing })),
    affected[0]!.rows,
    affected[0]!.rows,
  )}<p class="muted">${rest > 0 ? `${countText(rest)} more columns have fewer missing values. ` : ''}${
    complete === 0
      ? 'Every column has missing values.'
      : `${countText(complete)} ${complete === 1 ? 'column has' : 'columns have'} none.`
  }</p>
`;
}
