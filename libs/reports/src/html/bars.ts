import { countText, shareText } from '../text/numbers.js';
import { type Content, type Html, html } from './markup.js';

export interface Bar {
  readonly label: Content;
  readonly count: number;
}

/** One line per bar: label, bar, count and its share of `total`. A bar of `maxCount` fills its column. */
export function bars(entries: readonly Bar[], total: number, maxCount = maxCountOf(entries)): Html {
  return html`<table class="bars"><tbody>${entries.map(
    ({ label, count }) => html`<tr><td class="label">${label}</td><td>${bar(count / maxCount)}</td>
<td class="number count">${countText(count)}</td><td class="number share muted">${shareText(count, total)}</td></tr>
`,
  )}</tbody></table>
`;
}

function maxCountOf(entries: readonly Bar[]): number {
  return Math.max(1, ...entries.map(({ count }) => count));
}

/** Of its cell's width. */
export function bar(fraction: number): Html {
  return fraction === 0 ? html`` : html`<span class="bar" style="width:${(100 * fraction).toFixed(1)}%"></span>`;
}
