import type { ColumnType } from '@athanor/contracts/api';

/** "INT64", "category", "UINT8 [28, 28]". */
export function typeText(type: ColumnType | null | undefined): string {
  if (type?.kind === 'vector') return `${type.datatype} [${type.shape.join(', ')}]`;
  return type?.kind === 'number' ? `number, ${type.datatype}` : (type?.kind ?? '');
}
