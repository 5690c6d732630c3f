import type { DatasetVersion } from '@athanor/contracts/ingest';
import { html } from '../html/markup.js';
import { page, type Section } from '../html/page.js';
import { shorten, userText } from '../html/user-text.js';
import { timeText } from '../text/times.js';
import { columnCard } from './column-card.js';
import { findings } from './findings.js';
import { missingValues } from './missing-values.js';
import { recipeFields } from './recipe.js';
import { schemaTable } from './schema-table.js';
import { omittedText, shownColumns } from './shown-columns.js';
import { splitSizes } from './splits.js';
import { summary } from './summary.js';
import { targetByColumn } from './target-by-column.js';

const MAX_SCHEMA_COLUMNS = 500;
const MAX_CARDS = 100;

/** A dataset version as a page of HTML: of bounded size, whatever the number of columns and classes. */
export function datasetReport(version: DatasetVersion): string {
  const { datasetId, recipe, createTime } = version;
  return page({
    title: `${shorten(datasetId)} v${version.version}: dataset report`,
    heading: html`Dataset ${userText(datasetId)}, version ${version.version}`,
    subtitle: html`Created ${timeText(createTime)}`,
    summary: summary(version),
    sections: [
      ...(version.columns.length > 0 ? sectionsOfRows(version) : []),
      ...(recipe === null ? [] : [{ title: 'Recipe', content: recipeFields(recipe) }]),
      { title: 'Not in this report', content: ABSENT },
    ],
  });
}

const ABSENT = html`<p class="muted">Distributions are stored over the rows of all splits. So differences between the splits are not
shown, and neither are correlations between input columns.</p>
`;

function sectionsOfRows(version: DatasetVersion): Section[] {
  const { columns, datasetId } = version;
  const schema = shownColumns(columns, MAX_SCHEMA_COLUMNS);
  const cards = shownColumns(columns, MAX_CARDS);
  const byColumn = targetByColumn(version);
  const command = `athanor dataset describe ${datasetId} --version ${version.version} -o json`;
  return [
    { title: 'Findings', content: findings(version) },
    { title: 'Splits', content: splitSizes(version) },
    {
      title: 'Schema',
      content: [schemaTable(schema), omittedText(schema.length, columns.length, 'columns', command)],
    },
    { title: 'Missing values', content: missingValues(columns) },
    {
      title: 'Distributions',
      content: [
        omittedText(cards.length, columns.length, 'columns', command),
        html`<div class="cards">${cards.map(columnCard)}</div>`,
      ],
    },
    ...(byColumn === undefined ? [] : [{ title: 'Target by column', content: byColumn }]),
  ];
}
