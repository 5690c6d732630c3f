// Why a column has its type, as a sentence with the figures.

import type { ColumnChoice } from '../table-plan.js';
import type { Misfits } from './misfits.js';
import type { SettledColumn } from './settle-columns.js';

export interface EvidenceContext {
  readonly rows: number;
  /** What the user said. */
  readonly types: Readonly<Record<string, ColumnChoice>>;
  readonly misfits: readonly Misfits[];
}

export function evidenceOf(columns: readonly SettledColumn[], context: EvidenceContext): string[] {
  return columns.map(column => {
    const { name, count, kind } = column;
    const chosen = context.types[name];
    if (chosen !== undefined) return `chosen by --type; ${valuesOf(column, context.rows)}`;
    if (count === 0 && kind === 'number') return 'no value at all: taken for numbers';
    const misfits = context.misfits.find(each => each.column === name)?.rows ?? 0;
    const others = misfits === 0 ? '' : `; ${misfits} other values do not fit`;
    return `${valuesOf(column, context.rows)}${others}`;
  });
}

function valuesOf({ kind, count, isInteger, whole, distinct = 0, isDistinct }: SettledColumn, rows: number): string {
  const missing = count < rows ? `, ${rows - count} missing` : '';
  switch (kind) {
    case 'number': {
      const written = isInteger ? ', all written without decimals' : whole ? ', all whole, some with decimals' : '';
      return `${count} numbers${written}${missing}`;
    }
    case 'boolean':
      return `${count} times true or false${missing}`;
    case 'timestamp':
      return `${count} dates${missing}`;
    case 'category':
    case 'text': {
      const about = isDistinct === true ? '' : 'about ';
      const why = kind === 'text' ? ': too many, or too long, for a category' : '';
      return `texts, ${about}${distinct} different in ${count} values${why}${missing}`;
    }
  }
}
