import type { ColumnType } from '@athanor/contracts/api';
import type { ValueGroup } from '@athanor/contracts/ingest';
import { type Content, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';
import { numberText, plural } from '../text/numbers.js';
import { microsecondsText } from '../text/times.js';

/** Which values of a column a group has. */
export function groupLabel(group: ValueGroup, type: ColumnType | null | undefined): Content {
  switch (group.kind) {
    case 'KIND_RANGE':
      return rangeText(group, textOf(type));
    case 'KIND_CATEGORY':
      return userText(group.category ?? '');
    case 'KIND_OTHERS':
      return html`<i class="muted">${plural(group.categories ?? 0, 'other value')}</i>`;
    default:
      return html`<i class="muted">missing</i>`;
  }
}

function textOf(type: ColumnType | null | undefined): (value: number) => string {
  if (type?.kind === 'timestamp') return value => microsecondsText(value).replace(' UTC', '');
  return type?.datatype === 'BOOL' ? value => String(value === 1) : numberText;
}

function rangeText({ low = Number.NaN, high = Number.NaN }: ValueGroup, text: (value: number) => string): string {
  if (low === high) return text(low);
  const [first, last] = [text(low), text(high)];
  // Of numbers that differ only in digits that are not shown, all digits are.
  return first === last ? `${low} to ${high}` : `${first} to ${last}`;
}
