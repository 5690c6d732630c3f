import type { DatasetColumn } from '@athanor/contracts/ingest';
import { type Html, html } from '../html/markup.js';
import { countText } from '../text/numbers.js';

/** The first columns up to the limit, and every target (as far as it has room) even if it comes later. */
export function shownColumns(columns: readonly DatasetColumn[], limit: number): readonly DatasetColumn[] {
  if (columns.length <= limit) return columns;
  const targets = columns.filter(({ column }) => column?.role === 'target').slice(0, limit);
  const rest = columns.filter(({ column }) => column?.role !== 'target').slice(0, limit - targets.length);
  const shown = new Set([...targets, ...rest]);
  return columns.filter(each => shown.has(each));
}

/** What is left out; empty if nothing is. */
export function omittedText(shown: number, total: number, noun: string, command: string): Html {
  if (shown >= total) return html``;
  return html`<p class="muted">${countText(shown)} of ${countText(total)} ${noun} are shown; <code>${command}</code> has all of them.</p>
`;
}
