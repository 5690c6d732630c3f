import type { ClassMetrics } from '@athanor/contracts/api';
import { type Content, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { userText } from '../html/user-text.js';
import { countText, figureText } from '../text/numbers.js';

const MAX_CLASSES = 50;

/** Precision, recall and F1; of many classes those with the lowest F1, if they have rows. */
export function classesTable(classes: readonly ClassMetrics[]): Content {
  if (classes.length === 0) return '';
  const isCut = classes.length > MAX_CLASSES;
  const shown = isCut ? lowest(classes) : classes;
  const note = isCut
    ? html`<p class="muted">The ${shown.length} of ${countText(classes.length)} classes with the lowest F1, of those with rows.</p>`
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

function lowest(classes: readonly ClassMetrics[]): readonly ClassMetrics[] {
  const present = classes.filter(({ support }) => support > 0);
  return present.toSorted((a, b) => a.f1 - b.f1).slice(0, MAX_CLASSES);
}
