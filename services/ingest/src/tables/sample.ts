// How much of the table the sample of a plan has.

import type { LoadedTable } from './columns/load-table.js';
import type { SourceExtent } from './sources/source-table.js';
import type { SampledTable } from './table-plan.js';

export function describeSample({ sourceRows, maxRows = 0 }: LoadedTable): Omit<SampledTable, 'problems'> {
  const estimates = sourceRows.map(({ source, rows }) => estimateRows(source.extent ?? {}, rows, rows >= maxRows));
  const read = sourceRows.reduce((sum, { rows }) => sum + rows, 0);
  const isKnown = estimates.every(estimate => estimate !== undefined);
  const estimatedRows = isKnown ? estimates.reduce((sum, rows) => sum + rows, 0) : undefined;
  const isComplete = sourceRows.every(({ source, rows }) => {
    const { scale, rows: all = scale === 1 && rows < maxRows ? rows : undefined } = source.extent ?? {};
    return all === rows;
  });
  return { isComplete, estimatedRows: isComplete ? read : estimatedRows };
}

/** From the size of the source. A row may have several lines, so lines count only where the rows end at a limit. */
function estimateRows({ rows, lines = 0, scale }: SourceExtent, read: number, isLimited: boolean): number | undefined {
  if (rows !== undefined) return rows;
  if (scale === undefined) return undefined;
  if (!isLimited) return Math.round(read * scale);
  return lines < read ? undefined : Math.round(lines * scale);
}
