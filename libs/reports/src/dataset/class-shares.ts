import type { TargetByValue, TargetInGroup } from '@athanor/contracts/ingest';
import { type Content, type Html, html } from '../html/markup.js';
import { shorten, userText } from '../html/user-text.js';
import { countText, shareText } from '../text/numbers.js';

/** One for each class that is stored by itself, in style.ts. */
const OTHERS_COLOUR = 'others';

/** Which colour is which class, and its share of all rows. */
export function classLegend({ classes, otherClasses, groups }: TargetByValue): Html {
  const names: Content[] = classes.map(name => userText(name));
  if (otherClasses > 0) names.push(html`<i>${countText(otherClasses)} other classes</i>`);
  const rows = names.map((_, place) => groups.reduce((sum, { classRows }) => sum + (classRows[place] ?? 0), 0));
  const total = rows.reduce((sum, each) => sum + each, 0);
  const entries = names.map(
    (
      name,
      place,
    ) => html`<span>${swatch(place, classes)}${name} <span class="muted">${shareText(rows[place]!, total)}</span></span>
`,
  );
  return html`<p class="legend">${entries}</p>
`;
}

/** Shares of the classes in one group, as parts of one bar. */
export function classShares({ classRows }: TargetInGroup, { classes, otherClasses }: TargetByValue): Html {
  const total = classRows.reduce((sum, each) => sum + each, 0);
  if (total === 0) return html``;
  const texts = classRows.map((rows, place) => {
    const name = classes[place] === undefined ? `${otherClasses} other classes` : shorten(classes[place], 40);
    return `${name}: ${countText(rows)} rows, ${shareText(rows, total)}`;
  });
  const parts = classRows.map((rows, place) => {
    if (rows === 0) return '';
    const width = ((100 * rows) / total).toFixed(2);
    return html`<i class="${colourOf(place, classes)}" style="width:${width}%" title="${texts[place]}"></i>`;
  });
  return html`<div class="stack" role="img" aria-label="${texts.join('; ')}">${parts}</div>`;
}

/** Of two classes the share of the second says all. */
export function secondShare({ classRows }: TargetInGroup): string {
  const [first = 0, second = 0] = classRows;
  return shareText(second, first + second);
}

export function swatch(place: number, classes: readonly string[]): Html {
  return html`<i class="swatch ${colourOf(place, classes)}"></i>`;
}

function colourOf(place: number, classes: readonly string[]): string {
  return place < classes.length ? `class-${place}` : OTHERS_COLOUR;
}
