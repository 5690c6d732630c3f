import { fromComponent } from '@athanor/contracts';
import type { ImageReading, Reading, Recipe } from '@athanor/contracts/ingest';
import { type Content, type Html, html } from '../html/markup.js';
import { fields } from '../html/table.js';
import { userText, userTexts } from '../html/user-text.js';
import { shareText } from '../text/numbers.js';

/** How sources were read, split and checked; what was not given is not shown. */
export function recipeFields(recipe: Recipe): Html {
  const { split, format, checks, roles, acceptLoss } = recipe;
  return fields([
    ['Format', format === 'FORMAT_UNSPECIFIED' ? 'recognized by content' : format.replace('FORMAT_', '').toLowerCase()],
    ...(recipe.reading === null ? [] : readingFields(recipe.reading)),
    ...(recipe.images === null ? [] : imageFields(recipe.images)),
    ['Roles', pairs(roles)],
    ['Validation split', fractionText(split?.validationFraction)],
    ['Test split', fractionText(split?.testFraction, ', unless sources are test rows')],
    ['Split salt', split?.salt ? userText(split.salt) : ''],
    ['Checks with options', checks.length === 0 ? '' : checks.map(checkText)],
    ['Loss of rows', acceptLoss ? 'accepted, whatever its size' : ''],
  ]);
}

function fractionText(fraction: number | undefined, condition = ''): string {
  return fraction === undefined ? '' : `${shareText(fraction, 1)} of the train rows, by hash${condition}`;
}

function readingFields(reading: Reading): (readonly [string, Content])[] {
  const { delimiter, header, columns, skipLines, encoding, nulls, decimal, thousands, strip, ignore, types } = reading;
  return [
    ['Delimiter', delimiter === undefined ? '' : html`<code>${JSON.stringify(delimiter)}</code>`],
    ['Header', header === undefined ? '' : header ? 'in the first line' : 'none'],
    ['Column names', listOf(columns)],
    ['Skipped lines', skipLines === 0 ? '' : skipLines],
    ['Encoding', encoding],
    ['Missing values', listOf(nulls)],
    ['Decimal mark', decimal],
    ['Thousands separator', thousands],
    ['Stripped', pairs(strip)],
    ['Left out', listOf(ignore)],
    ['Given types', pairs(types)],
    ['Values of another type', ON_MISFIT[reading.onMisfit] ?? ''],
  ];
}

function imageFields({ height, width, fit, labelsFile }: ImageReading): (readonly [string, Content])[] {
  return [
    ['Image size', height === undefined || width === undefined ? '' : `${width}x${height} pixels`],
    ['Images of another shape', FITS[fit] ?? ''],
    ['Labels', labelsFile === '' ? '' : userText(labelsFile)],
  ];
}

const FITS: Readonly<Record<string, string>> = {
  IMAGE_FIT_COVER: 'scaled to cover the size, and cut',
  IMAGE_FIT_CONTAIN: 'scaled to be inside, with black bars',
  IMAGE_FIT_STRETCH: 'stretched',
};

const ON_MISFIT: Readonly<Record<string, string>> = {
  ON_MISFIT_NULL: 'become missing',
  ON_MISFIT_QUARANTINE: 'move their rows to quarantine',
};

function listOf(values: readonly string[]): Content {
  return values.length === 0 ? '' : userTexts(values, 40);
}

function pairs(values: Readonly<Record<string, string>>): Content {
  const entries = Object.entries(values);
  if (entries.length === 0) return '';
  const shown = entries.slice(0, 40).map(([key, value]) => html`<div>${userText(key)}: ${userText(value)}</div>`);
  return [...shown, entries.length > 40 ? `and ${entries.length - 40} more` : ''];
}

function checkText(component: Recipe['checks'][number]): Html {
  const { kind, parameters } = fromComponent(component);
  return html`<div>${userText(kind)} <code>${userText(JSON.stringify(parameters), 200)}</code></div>`;
}
