import { countText, shareText } from '../text/numbers.js';
import { type Content, type Html, html } from './markup.js';

export interface Bar {
  readonly label: Content;
  readonly count: number;
}

/** One line per bar: label, bar, count and its share of `total`. The longest bar fills its column. */
export function bars(entries: readonly Bar[], total: number): Html {
  const longest = Math.max(1, ...entries.map(({ count }) => count));
  return html`<table class="bars"><tbody>${entries.map(
    ({ label, count }) => html`<tr><td class="label">${label}</td><td>${bar(count / longest)}</td>
<td class="number count">${countText(count)}</td><td class="number share muted">${shareText(count, total)}</td></tr>
`,
  )}</tbody></table>
`;
}

/** Of its cell's width. */
export function bar(fraction: number): Html {
  return fraction === 0 ? html`` : html`<span class="bar" style="width:${(100 * fraction).toFixed(1)}%"></span>`;
}
