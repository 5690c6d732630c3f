import type { DatasetVersion, TargetByValue } from '@athanor/contracts/ingest';
import { type Content, type Html, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';
import { countText } from '../text/numbers.js';
import { classLegend } from './class-shares.js';
import { BAND_LEGEND, scaleOf } from './number-band.js';
import { type ColumnTarget, targetCard } from './target-card.js';

/** Of all targets together. */
const MAX_CARDS = 60;

/** How each target depends on each input column; undefined without a target. */
export function targetByColumn({ columns, splits }: DatasetVersion): Content | undefined {
  if (!columns.some(({ column }) => column?.role === 'target')) return undefined;
  const grouped = columns.flatMap(({ column, statistics }) => {
    const found = statistics?.targetsByValue;
    return found ? [{ name: column?.name ?? '', type: column?.type, ...found }] : [];
  });
  const [first] = grouped;
  if (first === undefined) return NOT_STORED;
  const trainRows = splits.find(({ split }) => split === 'train')?.rows ?? first.rows;
  const shown = first.targets.map(({ target }, index) => {
    const cards = grouped.map(({ targets, ...column }) => ({ ...column, target: targets[index]! }));
    return html`<h3>${userText(target)}</h3>
${ofTarget(cards, Math.floor(MAX_CARDS / first.targets.length))}`;
  });
  return [html`<p class="muted">${rowsText(first.rows, trainRows)} ${GROUPS}</p>`, shown];
}

const NOT_STORED = html`<p class="muted">It is not stored for this version: it has no input column of numbers, categories or
timestamps, or it was imported by an earlier release; import it again to see it.</p>
`;

const GROUPS = `Numbers and timestamps are in groups of about equally many rows, as far as their values allow it; of categories
the most frequent are shown. Free texts are not.`;

function rowsText(rows: number, trainRows: number): string {
  if (rows >= trainRows) return `Over the ${countText(rows)} training rows.`;
  return `Over ${countText(rows)} of the ${countText(trainRows)} training rows, evenly from all of them.`;
}

function ofTarget(cards: readonly ColumnTarget[], limit: number): Html {
  const ranked = cards.toSorted((a, b) => (b.target.dependence ?? -1) - (a.target.dependence ?? -1));
  const shown = ranked.slice(0, limit);
  const isNumber = shown[0]!.target.classes.length === 0;
  const scale = isNumber ? scaleOf(shown.map(({ target }) => target)) : undefined;
  const omitted =
    shown.length < cards.length
      ? html`<p class="muted">The ${countText(shown.length)} of ${countText(cards.length)} columns with the largest figure are shown.</p>`
      : '';
  return html`<p class="muted">${meaningOf(shown[0]!.target)}</p>
${isNumber ? BAND_LEGEND : classLegend(shown[0]!.target)}${omitted}
<div class="cards">${shown.map(card => targetCard(card, scale))}</div>
`;
}

function meaningOf({ classes }: TargetByValue): string {
  const figure =
    classes.length > 0
      ? 'Theil’s U is the share of the entropy of the target that the groups explain'
      : 'η² is the share of the variance of the target that is between the groups';
  return `Columns that say most about the target come first. ${figure}: 0 if the column on its own says nothing about it, 1 if it decides it. Where groups have few rows, they explain some of it by chance.`;
}
