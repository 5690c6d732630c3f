import type { DatasetVersion } from '@athanor/contracts/ingest';
import { type Html, html } from '../html/markup.js';
import { fields, tiles } from '../html/table.js';
import { userText, userTexts } from '../html/user-text.js';
import { bytesText, countText, plural } from '../text/numbers.js';

/** Size and content in figures, then where the rows are from. */
export function summary(version: DatasetVersion): Html {
  const { columns, rowsRead, splits, digest, sources, classes, state, preparation } = version;
  const kept = splits.reduce((sum, { rows }) => sum + rows, 0);
  const found = foundFindings(version).length;
  const error = preparation?.error?.message ?? '';
  return html`${error === '' ? '' : html`<p class="error">The version is not ready: ${userText(error, 1_000)}</p>`}
${tiles([
  [countText(kept), kept === rowsRead ? 'rows' : `rows of ${countText(rowsRead)} that were read`],
  [countText(columns.length), columnsText(version)],
  ...(classes.length > 0 ? [[countText(classes.length), 'classes of the target'] as const] : []),
  [countText(found), `${found === 1 ? 'finding' : 'findings'} of checks`],
])}
${fields([
  ['State', state.replace('STATE_', '').toLowerCase()],
  ['Digest', html`<code>${digest}</code>`],
  ['Targets', userTexts(targetsOf(version))],
  ['Sources', sources.map(source => sourceText(source))],
])}`;
}

export function foundFindings({ findings }: DatasetVersion): DatasetVersion['findings'] {
  return findings.filter(({ rows, detail }) => rows > 0 || detail !== '');
}

function targetsOf({ columns, recipe }: DatasetVersion): string[] {
  const targets = columns.flatMap(({ column }) => (column?.role === 'target' ? [column.name] : []));
  return targets.length > 0 ? targets : [...(recipe?.targets ?? [])];
}

function columnsText({ columns }: DatasetVersion): string {
  const inputs = columns.filter(({ column }) => column?.role === 'input').length;
  return `columns, of which ${plural(inputs, 'input')}`;
}

function sourceText({ filename, byteSize, partition, digest }: DatasetVersion['sources'][number]): Html {
  return html`<div>${userText(filename)}, ${bytesText(byteSize)}, ${partition} rows, <code>${digest}</code></div>
`;
}
