import type { ColumnType } from '@athanor/contracts/api';
import type { ColumnStatistics, DatasetColumn, DatasetVersion, ImageStatistics } from '@athanor/contracts/ingest';
import { enumText, fields, formatTime, table } from '../output/render.js';

const CLASSES_SHOWN = 20;

export function datasetVersionText(version: DatasetVersion): string {
  const { datasetId, state, columns, classes, findings, splits, sources } = version;
  const head = fields([
    ['Dataset', `${datasetId} v${version.version}`],
    ['State', state === 'STATE_PREPARING' ? `${enumText(state)} (${phaseText(version)})` : enumText(state)],
    ['Error', version.preparation?.error?.message ?? ''],
    ['Digest', version.digest],
    ['Created', formatTime(version.createTime)],
    ['Classes', classesText(classes)],
    ['Rows read', version.rowsRead],
    ['Sources', sources.map(({ filename, partition }) => `${filename} (${partition})`).join(', ')],
  ]);
  const parts = [head, columnsText(columns), imagesText(columns), findingsText(findings), splitsText(splits)];
  return parts.filter(Boolean).join('\n');
}

/** "queued, position 2", or the phase. */
export function phaseText({ preparation }: DatasetVersion): string {
  const { phase = '', queuePosition = 0 } = preparation ?? {};
  return queuePosition > 0 ? `queued, position ${queuePosition}` : phase.toLowerCase();
}

const COLUMNS_SHOWN = 100;

/** One line per column: type, role, missing values and what there is to see of its values. */
export function columnsText(columns: readonly DatasetColumn[]): string {
  if (columns.length === 0) return '';
  const rows = columns.slice(0, COLUMNS_SHOWN).map(columnRow);
  const more = columns.length > COLUMNS_SHOWN ? `… ${columns.length} columns in total; -o json has all\n` : '';
  return table(['COLUMN', 'TYPE', 'ROLE', 'MISSING', 'UNIQUE', 'VALUES'], rows) + more;
}

export function columnRow({ column, statistics }: DatasetColumn): (string | number)[] {
  return [
    column?.name ?? '',
    typeText(column?.type),
    column?.role ?? '',
    statistics?.missing ?? 0,
    uniqueText(statistics),
    valuesText(statistics),
  ];
}

function typeText(type: ColumnType | null | undefined): string {
  if (type?.kind === 'vector') return `${type.datatype} [${type.shape.join(', ')}]`;
  return type?.kind === 'number' ? type.datatype : (type?.kind ?? '');
}

function uniqueText(statistics: ColumnStatistics | null): string {
  if (statistics?.unique === undefined) return '-';
  return `${statistics.uniqueIsApproximate ? '~' : ''}${statistics.unique}`;
}

const VALUES_SHOWN = 4;

/** "17 to 90, mean 38.58" of numbers, else the most frequent values. */
function valuesText(statistics: ColumnStatistics | null): string {
  if (statistics?.min !== undefined) {
    const { min, max, mean, stdDev } = statistics;
    return `${shortNumber(min)} to ${shortNumber(max)}, mean ${shortNumber(mean)}, std ${shortNumber(stdDev)}`;
  }
  const shown = (statistics?.topValues ?? []).slice(0, VALUES_SHOWN);
  return shown.map(({ value, count }) => `${value.slice(0, 30)} ${count}`).join(', ');
}

function shortNumber(value: number | undefined): string {
  return value === undefined ? '-' : String(Number(value.toPrecision(6)));
}

const SIZES_SHOWN = 5;

/** What images were like before they got their stored size, and their channels. */
export function imagesText(columns: readonly DatasetColumn[]): string {
  return columns
    .flatMap(({ column, statistics }) => imageLines(column?.name ?? '', statistics?.images ?? null))
    .join('');
}

function imageLines(name: string, images: ImageStatistics | null): string[] {
  if (images === null) return [];
  const counts = (values: ImageStatistics['sizes']) => values.map(({ value, count }) => `${value} ${count}`).join(', ');
  const more = images.differentSizes > SIZES_SHOWN ? `, … (${images.differentSizes} sizes)` : '';
  const notes = Object.entries({
    [`${images.animated} animated (first frame)`]: images.animated,
    [`${images.transparent} transparent (on black)`]: images.transparent,
    [`${images.oriented} turned by EXIF`]: images.oriented,
  }).flatMap(([note, count]) => (count > 0 ? [note] : []));
  const channels = images.channels.map(
    ({ channel, mean, stdDev }) => `${channel} mean ${shortNumber(mean)}, std ${shortNumber(stdDev)}`,
  );
  return [
    fields([
      [`Images of ${name}`, [counts(images.formats), ...notes].join('; ')],
      ['Original sizes', counts(images.sizes.slice(0, SIZES_SHOWN)) + more],
      ['Channels', channels.join('; ')],
    ]),
  ];
}

/** Checks that found something, and one line for the others. */
export function findingsText(findings: DatasetVersion['findings']): string {
  const found = findings.filter(({ rows, detail }) => rows > 0 || detail !== '');
  const clean = [...new Set(findings.filter(each => !found.includes(each)).map(({ check }) => check))];
  const rows = found.map(({ check, column, rows: count, removed, action, firstRowIds, detail }) => [
    check,
    column || '-',
    count,
    removed,
    action,
    detail.slice(0, 100) || firstRowIds.slice(0, 4).join(', '),
  ]);
  const shown = rows.length === 0 ? '' : table(['FINDING', 'COLUMN', 'ROWS', 'REMOVED', 'ACTION', 'DETAIL'], rows);
  return shown + (clean.length === 0 ? '' : `Nothing found by: ${clean.join(', ')}\n`);
}

function splitsText(splits: DatasetVersion['splits']): string {
  const rows = splits.map(each => [
    each.split,
    each.rows,
    each.classRows.slice(0, CLASSES_SHOWN).join(' ') + (each.classRows.length > CLASSES_SHOWN ? ' …' : ''),
  ]);
  return table(['SPLIT', 'ROWS', 'ROWS PER CLASS'], rows);
}

/** "3: setosa, versicolor, virginica"; empty if there are none. */
export function classesText(classes: readonly string[]): string {
  if (classes.length === 0) return '';
  const more = classes.length > CLASSES_SHOWN ? ', …' : '';
  return `${classes.length}: ${classes.slice(0, CLASSES_SHOWN).join(', ')}${more}`;
}
