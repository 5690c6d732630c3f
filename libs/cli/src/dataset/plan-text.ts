// A plan for people: what was looked at, columns with evidence, findings, splits, and the command that imports.

import type { DatasetPlan, PlannedColumn, SourceReading } from '@athanor/contracts/ingest';
import { fields, table } from '../output/render.js';
import { columnRow, findingsText } from './describe.js';

const COLUMNS_SHOWN = 100;

export function planText(plan: DatasetPlan, command: string): string {
  const head = fields([
    ['Sample', sampleText(plan)],
    ['Sources', plan.sources.map(sourceText).join('; ')],
    ['Target', targetText(plan)],
  ]);
  const parts = [head, plannedColumnsText(plan.columns), findingsText(plan.findings), splitsText(plan)];
  return [...parts, problemsText(plan), `Import with:\n  ${command}\n`].filter(Boolean).join('\n');
}

function sampleText({ sampledRows, isComplete, estimatedRows }: DatasetPlan): string {
  if (isComplete) return `all ${sampledRows} rows`;
  const all = estimatedRows === undefined ? '' : ` of about ${estimatedRows}`;
  return `the first ${sampledRows}${all} rows; an import infers types and checks over every row`;
}

function sourceText({ filename, format, compression, delimiter, header }: SourceReading): string {
  const facts = [
    format,
    ...(compression === 'none' || compression === '' ? [] : [compression]),
    ...(delimiter === undefined ? [] : [`delimiter ${JSON.stringify(delimiter)}`]),
    ...(header === undefined ? [] : [header ? 'header' : 'no header']),
  ];
  return `${filename} (${facts.join(', ')})`;
}

function targetText({ columns, task }: DatasetPlan): string {
  const targets = columns.flatMap(({ column }) => (column?.column?.role === 'target' ? [column.column.name] : []));
  if (targets.length === 0) return 'none; choose the columns to predict with --target';
  return `${targets.join(', ')}: ${task}`;
}

function plannedColumnsText(columns: readonly PlannedColumn[]): string {
  const rows = columns
    .slice(0, COLUMNS_SHOWN)
    .flatMap(({ column, evidence }) => (column === null ? [] : [[...columnRow(column), evidence]]));
  const more = columns.length > COLUMNS_SHOWN ? `… ${columns.length} columns in total; -o json has all\n` : '';
  return table(['COLUMN', 'TYPE', 'ROLE', 'MISSING', 'UNIQUE', 'VALUES', 'EVIDENCE'], rows) + more;
}

function splitsText({ splits, estimatedRows, isComplete }: DatasetPlan): string {
  const all = splits.reduce((sum, { rows }) => sum + rows, 0);
  const isScaled = !isComplete && estimatedRows !== undefined && all > 0;
  const rows = splits.map(({ split, rows: count }) => [
    split,
    count,
    all === 0 ? '-' : `${((count / all) * 100).toFixed(1)} %`,
    ...(isScaled ? [Math.round((count / all) * estimatedRows)] : []),
  ]);
  return table(
    ['SPLIT', isComplete ? 'ROWS' : 'SAMPLED ROWS', 'SHARE', ...(isScaled ? ['ALL ROWS, ABOUT'] : [])],
    rows,
  );
}

function problemsText({ problems, isComplete }: DatasetPlan): string {
  if (problems.length === 0) return '';
  const where = isComplete ? '' : ', by the sample';
  return `An import would fail${where}:\n${problems.map(problem => `  - ${problem}\n`).join('')}`;
}
