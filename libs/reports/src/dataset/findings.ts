import type { DatasetVersion, FindingCount } from '@athanor/contracts/ingest';
import { type Html, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { userText, userTexts } from '../html/user-text.js';
import { countText } from '../text/numbers.js';
import { omittedText } from './shown-columns.js';
import { foundFindings } from './summary.js';

const MAX_FINDINGS = 200;
const MAX_ROW_IDS = 4;

/** What checks found, and which found nothing. */
export function findings(version: DatasetVersion): Html {
  const found = foundFindings(version);
  const clean = [...new Set(version.findings.filter(each => !found.includes(each)).map(({ check }) => check))];
  const shown = found.slice(0, MAX_FINDINGS);
  const columns = [
    { title: 'check' },
    { title: 'column' },
    { title: 'rows', isNumber: true },
    { title: 'removed', isNumber: true },
    { title: 'action' },
    { title: 'what was found' },
  ];
  const list = shown.length === 0 ? html`<p>No check found anything.</p>` : table(columns, shown.map(findingRow));
  const nothing = clean.length === 0 ? '' : html`<p class="muted">Nothing found by: ${userTexts(clean, 100)}.</p>`;
  const command = `athanor dataset describe ${version.datasetId} --version ${version.version} -o json`;
  return html`${list}${omittedText(shown.length, found.length, 'findings', command)}${nothing}`;
}

function findingRow({ check, column, rows, removed, action, detail, firstRowIds }: FindingCount) {
  const ids = firstRowIds.slice(0, MAX_ROW_IDS);
  const more = rows > ids.length ? ', …' : '';
  const examples = ids.length === 0 ? '' : html`<div class="muted">for example ${userTexts(ids)}${more}</div>`;
  return [
    userText(check),
    column === '' ? html`<span class="muted">whole row</span>` : userText(column, 40),
    countText(rows),
    removed === 0 ? '–' : countText(removed),
    html`<span class="tag${action === 'report' ? '' : ' warning'}">${action}</span>`,
    html`${detail === '' ? '' : userText(detail, 300)}${examples}`,
  ];
}
