import type { ColumnType } from '@athanor/contracts/api';
import type { ValueGroup } from '@athanor/contracts/ingest';
import { type Content, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';
import { numberText, plural, preciseText } from '../text/numbers.js';
import { microsecondsText } from '../text/times.js';

/** Which values of a column each group has. */
export function groupLabels(groups: readonly ValueGroup[], type: ColumnType | null | undefined): Content[] {
  const text = rangeTextOf(groups, type);
  return groups.map(group => {
    switch (group.kind) {
      case 'KIND_RANGE':
        return text(group.low ?? Number.NaN, group.high ?? Number.NaN);
      case 'KIND_CATEGORY':
        return userText(group.category ?? '');
      case 'KIND_OTHERS':
        return html`<i class="muted">${plural(group.categories ?? 0, 'other value')}</i>`;
      default:
        return html`<i class="muted">missing</i>`;
    }
  });
}

type RangeText = (low: number, high: number) => string;

function rangeTextOf(groups: readonly ValueGroup[], type: ColumnType | null | undefined): RangeText {
  if (type?.kind === 'timestamp') return momentsText;
  if (type?.datatype === 'BOOL') return low => String(low === 1);
  const text = numbersTextOf(groups);
  return (low, high) => (low === high ? text(low) : `${text(low)} to ${text(high)}`);
}

/** Only days, unless both are of the same. */
function momentsText(low: number, high: number): string {
  const [first, last] = [low, high].map(moment => microsecondsText(moment).replace(' UTC', '')) as [string, string];
  if (low === high) return first;
  const [[firstDay, firstTime = '00:00:00'], [lastDay, lastTime]] = [first.split(' '), last.split(' ')];
  return firstDay === lastDay ? `${firstDay} ${firstTime} to ${lastTime}` : `${firstDay} to ${lastDay}`;
}

const MAX_DIGITS = 15;

/** With as many digits as tell the groups and the ends of each apart. */
function numbersTextOf(groups: readonly ValueGroup[]): (value: number) => string {
  const ranges = groups.filter(({ kind }) => kind === 'KIND_RANGE').map(({ low = 0, high = 0 }) => ({ low, high }));
  const isClear = (text: (value: number) => string) =>
    new Set(ranges.map(({ low }) => text(low))).size === ranges.length &&
    ranges.every(({ low, high }) => low === high || text(low) !== text(high));
  if (isClear(numberText)) return numberText;
  for (let digits = 5; digits < MAX_DIGITS; digits++) if (isClear(preciseText(digits))) return preciseText(digits);
  return preciseText(MAX_DIGITS);
}
