import type { DatasetVersion } from '@athanor/contracts/ingest';
import { enumText, fields, formatTime, table } from '../output/render.js';

const CLASSES_SHOWN = 20;

export function datasetVersionText(version: DatasetVersion): string {
  const { datasetId, state, features, classes, findings, splits, sources } = version;
  const head = fields([
    ['Dataset', `${datasetId} v${version.version}`],
    ['State', enumText(state)],
    ['Error', version.preparation?.error?.message ?? ''],
    ['Digest', version.digest],
    ['Created', formatTime(version.createTime)],
    ['Features', features.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(', ')}]`).join(', ')],
    ['Classes', classesText(classes) || 'none'],
    ['Rows read', version.rowsRead],
    ['Sources', sources.map(({ filename, partition }) => `${filename} (${partition})`).join(', ')],
  ]);
  return `${head}\n${findingsText(findings)}\n${splitsText(splits)}`;
}

export function findingsText(findings: DatasetVersion['findings']): string {
  const rows = findings.map(({ kind, rows: found, removed, firstRowIds }) => [
    enumText(kind, 'FINDING_KIND_').toLowerCase().replaceAll('_', ' '),
    found,
    removed,
    firstRowIds.slice(0, 4).join(', ') + (found > 4 ? ', …' : ''),
  ]);
  return table(['FINDING', 'ROWS', 'REMOVED', 'FIRST ROW IDS'], rows);
}

function splitsText(splits: DatasetVersion['splits']): string {
  const rows = splits.map(each => [
    each.split,
    each.rows,
    each.classRows.slice(0, CLASSES_SHOWN).join(' ') + (each.classRows.length > CLASSES_SHOWN ? ' …' : ''),
    each.mean?.toFixed(3) ?? '-',
    each.standardDeviation?.toFixed(3) ?? '-',
    each.min === undefined ? '-' : `${each.min} to ${each.max}`,
  ]);
  return table(['SPLIT', 'ROWS', 'ROWS PER CLASS', 'MEAN', 'STD', 'RANGE'], rows);
}

/** "3: setosa, versicolor, virginica"; empty if there are none. */
export function classesText(classes: readonly string[]): string {
  if (classes.length === 0) return '';
  const more = classes.length > CLASSES_SHOWN ? ', …' : '';
  return `${classes.length}: ${classes.slice(0, CLASSES_SHOWN).join(', ')}${more}`;
}
