import type { DatasetVersion } from '@athanor/contracts/ingest';
import { bar, bars } from '../html/bars.js';
import { type Html, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { userText } from '../html/user-text.js';
import { countText, shareText } from '../text/numbers.js';

const MAX_CLASSES = 50;

/** Rows of each split, and of each class in it. */
export function splitSizes({ splits, classes }: DatasetVersion): Html {
  const total = splits.reduce((sum, { rows }) => sum + rows, 0);
  const sizes = bars(
    splits.map(({ split, rows }) => ({ label: split, count: rows })),
    total,
  );
  if (classes.length === 0)
    return html`${sizes}<p class="muted">There are no classes: the target is not one category, or there is none.</p>`;
  return html`${sizes}<h3>Class balance</h3>
${classBalance(splits, classes)}`;
}

function classBalance(splits: DatasetVersion['splits'], classes: readonly string[]): Html {
  const ranked = classes
    .map((name, index) => {
      const rows = splits.map(({ classRows }) => classRows[index] ?? 0);
      return { name, rows, total: rows.reduce((sum, each) => sum + each, 0) };
    })
    .sort((a, b) => b.total - a.total);
  const isCut = ranked.length > MAX_CLASSES;
  // Of many classes the largest, and the smallest, which are harder to learn.
  const shown = isCut ? [...ranked.slice(0, MAX_CLASSES / 2), ...ranked.slice(-MAX_CLASSES / 2)] : ranked;
  const largest = splits.map((_, split) => Math.max(1, ...ranked.map(({ rows }) => rows[split]!)));
  const columns = [
    { title: 'class' },
    ...splits.flatMap(({ split }) => [
      { title: split },
      { title: 'rows', isNumber: true },
      { title: '', isNumber: true },
    ]),
  ];
  const rows = shown.map(({ name, rows: counts }) => [
    userText(name),
    ...counts.flatMap((count, split) => [
      html`<div class="inline-bar">${bar(count / largest[split]!)}</div>`,
      countText(count),
      html`<span class="muted">${shareText(count, splits[split]!.rows)}</span>`,
    ]),
  ]);
  const note = isCut
    ? html`<p class="muted">The ${MAX_CLASSES / 2} largest and the ${MAX_CLASSES / 2} smallest of ${countText(classes.length)} classes.</p>`
    : '';
  return html`${note}${table(columns, rows)}`;
}
