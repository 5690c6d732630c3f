import type { ColumnStatistics, DatasetColumn } from '@athanor/contracts/ingest';
import { type Html, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { userText } from '../html/user-text.js';
import { countText, shareText } from '../text/numbers.js';
import { typeText } from './column-type.js';

/** One line per column. */
export function schemaTable(columns: readonly DatasetColumn[]): Html {
  const titles = [
    { title: 'column' },
    { title: 'type' },
    { title: 'role' },
    { title: 'may be missing' },
    { title: 'missing', isNumber: true },
    { title: '', isNumber: true },
    { title: 'distinct values', isNumber: true },
  ];
  const rows = columns.map(({ column, statistics }) => [
    userText(column?.name ?? ''),
    typeText(column?.type),
    roleTag(column?.role ?? ''),
    column?.nullable ? 'yes' : 'no',
    countText(statistics?.missing ?? 0),
    html`<span class="muted">${shareText(statistics?.missing ?? 0, rowsOf(statistics))}</span>`,
    uniqueText(statistics),
  ]);
  return table(titles, rows);
}

export function roleTag(role: string): Html {
  return html`<span class="tag${role === 'target' ? ' strong' : ''}">${role}</span>`;
}

export function uniqueText(statistics: ColumnStatistics | null): string {
  if (statistics?.unique === undefined) return '–';
  return `${statistics.uniqueIsApproximate ? 'about ' : ''}${countText(statistics.unique)}`;
}

export function rowsOf(statistics: ColumnStatistics | null): number {
  return (statistics?.count ?? 0) + (statistics?.missing ?? 0);
}
