import { bars } from '../html/bars.js';
import { type Content, type Html, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';
import { countText, shareText } from '../text/numbers.js';
import type { DetailedEvaluation, EvaluationDetails } from './job-data.js';

/** With more classes a matrix cannot be read. */
const MAX_MATRIX_CLASSES = 20;
const MAX_CONFUSIONS = 20;

type Cells = NonNullable<EvaluationDetails['confusion']>;

/** A heat map; of many classes the largest confusions. */
export function confusion({ evaluation, details }: DetailedEvaluation): Content {
  const names = (details.classes ?? evaluation.classes).map(({ className }) => className);
  const cells = details.confusion ?? toCells(evaluation.confusionMatrix, names.length);
  if (cells.length === 0 || names.length === 0) return '';
  return [
    names.length <= MAX_MATRIX_CLASSES ? html`<h3>Confusion matrix</h3>${matrix(cells, names)}` : '',
    names.length > 2 ? largest(cells, names) : '',
  ];
}

function toCells(matrixOf: readonly number[], size: number): Cells {
  return matrixOf.flatMap((rows, index) => (rows > 0 ? [[Math.floor(index / size), index % size, rows] as const] : []));
}

function matrix(cells: Cells, names: readonly string[]): Html {
  const counts = names.map(() => names.map(() => 0));
  for (const [truth, predicted, rows] of cells) if (counts[truth] !== undefined) counts[truth][predicted] = rows;
  const head = names.map(name => html`<th scope="col">${userText(name, 16)}</th>`);
  const body = counts.map((row, truth) => {
    const total = row.reduce((sum, each) => sum + each, 0);
    return html`<tr><th scope="row">${userText(names[truth]!, 24)}</th>${row.map(count => cell(count, total))}</tr>
`;
  });
  return html`<p class="muted">Rows are true classes, columns predicted ones; shades are shares of a true class.</p>
<div class="scroll"><table class="matrix">
<thead><tr><th></th>${head}</tr></thead><tbody>${body}</tbody></table></div>
`;
}

/** Stays light enough for the text on it. */
function cell(count: number, total: number): Html {
  const share = total === 0 ? 0 : count / total;
  const shade = share === 0 ? '' : html` style="background:rgba(var(--cell),${(0.06 + 0.44 * share).toFixed(2)})"`;
  return html`<td title="${shareText(count, total)}"${shade}>${count === 0 ? html`<span class="muted">0</span>` : countText(count)}</td>`;
}

function largest(cells: Cells, names: readonly string[]): Content {
  const wrong = cells.filter(([truth, predicted]) => truth !== predicted).toSorted((a, b) => b[2] - a[2]);
  if (wrong.length === 0) return html`<p class="muted">No row is confused.</p>`;
  const total = wrong.reduce((sum, [, , rows]) => sum + rows, 0);
  const shown = wrong.slice(0, MAX_CONFUSIONS).map(([truth, predicted, rows]) => ({
    label: html`${userText(names[truth] ?? '', 24)} as ${userText(names[predicted] ?? '', 24)}`,
    count: rows,
  }));
  return html`<h3>Largest confusions</h3>
<p class="muted">True class as predicted class, and their share of the ${countText(total)} wrong rows.</p>
${bars(shown, total)}`;
}
