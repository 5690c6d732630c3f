import type { ClassMetrics } from '@athanor/contracts/api';
import { type Content, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { userText } from '../html/user-text.js';
import { countText, figureText } from '../text/numbers.js';

const MAX_CLASSES = 50;

/** Precision, recall and F1; of many classes those with the lowest F1. */
export function classesTable(classes: readonly ClassMetrics[]): Content {
  if (classes.length === 0) return '';
  const isCut = classes.length > MAX_CLASSES;
  const shown = isCut ? classes.toSorted((a, b) => a.f1 - b.f1).slice(0, MAX_CLASSES) : classes;
  const note = isCut
    ? html`<p class="muted">The ${MAX_CLASSES} of ${countText(classes.length)} classes with the lowest F1.</p>`
    : '';
  const columns = [
    { title: 'class' },
    { title: 'precision', isNumber: true },
    { title: 'recall', isNumber: true },
    { title: 'F1', isNumber: true },
    { title: 'rows', isNumber: true },
  ];
  const rows = shown.map(({ className, precision, recall, f1, support }) => [
    userText(className),
    figureText(precision),
    figureText(recall),
    figureText(f1),
    countText(support),
  ]);
  return [html`<h3>Classes</h3>`, note, table(columns, rows)];
}
