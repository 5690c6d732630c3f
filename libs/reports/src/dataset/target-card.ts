import type { ColumnType } from '@athanor/contracts/api';
import type { TargetByValue, TargetInGroup, TargetsByValue } from '@athanor/contracts/ingest';
import { type Content, type Html, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';
import { countText, figureText, numberText } from '../text/numbers.js';
import { classShares, secondShare, swatch } from './class-shares.js';
import { typeText } from './column-type.js';
import { groupLabels } from './group-label.js';
import { numberBand, type Scale } from './number-band.js';

/** One target in the groups of one column's values. */
export interface ColumnTarget {
  readonly name: string;
  readonly type: ColumnType | null | undefined;
  readonly groups: TargetsByValue['groups'];
  readonly target: TargetByValue;
}

/** `scale`: of a target that is a number. */
export function targetCard({ name, type, groups, target }: ColumnTarget, scale: Scale | undefined): Html {
  const { bar, figure, foot = '' } = scale === undefined ? classFigures(target) : numberFigures(scale);
  const title = figure === undefined ? '' : html`<th scope="col" class="number">${figure.title}</th>`;
  const labels = groupLabels(groups, type);
  const rows = groups.map((group, index) => {
    const found = target.groups[index]!;
    const text = figure === undefined ? '' : html`<td class="number">${figure.text(found)}</td>`;
    return html`<tr><td class="label">${labels[index]}</td><td class="number">${countText(group.rows)}</td><td>${bar(found)}</td>${text}</tr>
`;
  });
  return html`<article class="card"><h3>${userText(name)}</h3>
<p class="muted">${typeText(type)}${dependenceText(target)}</p>
<table class="groups"><thead><tr><th scope="col">values</th><th scope="col" class="number">rows</th><th></th>${title}</tr></thead>
<tbody>${rows}</tbody>${foot}</table>
</article>
`;
}

/** What is shown of the target in a group. */
interface Figures {
  readonly bar: (group: TargetInGroup) => Content;
  /** Beside the bar. */
  readonly figure?: { readonly title: Content; readonly text: (group: TargetInGroup) => string };
  readonly foot?: Content;
}

function classFigures(target: TargetByValue): Figures {
  const { classes, otherClasses } = target;
  const isBinary = classes.length === 2 && otherClasses === 0;
  return {
    bar: group => classShares(group, target),
    ...(isBinary && { figure: { title: html`${swatch(1, classes)}${userText(classes[1]!, 16)}`, text: secondShare } }),
  };
}

function numberFigures(scale: Scale): Figures {
  return {
    bar: group => numberBand(group, scale),
    figure: { title: 'mean', text: ({ mean }) => numberText(mean) },
    foot: html`<tfoot><tr><td></td><td></td><td class="scale"><span>${numberText(scale.min)}</span><span>${numberText(scale.max)}</span></td><td></td></tr></tfoot>`,
  };
}

function dependenceText({ dependence, classes }: TargetByValue): Content {
  if (dependence === undefined) return '';
  return html`, ${classes.length > 0 ? 'Theil’s U' : 'η²'} <b>${figureText(dependence)}</b>`;
}
