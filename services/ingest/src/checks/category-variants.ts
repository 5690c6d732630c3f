import { z } from 'zod';
import { actionParameter, type CheckFinding, columnsOf, defineCheck } from './check.js';

export const categoryVariants = defineCheck({
  kind: 'category-variants',
  version: 1,
  summary: 'Values of a category that differ in case or white space only, and are probably one value.',
  parameters: z.strictObject({ action: actionParameter('report') }),
  async inspect(work) {
    const findings: CheckFinding[] = [];
    for (const column of columnsOf(work, 'input', 'target', 'group')) {
      if (column.kind !== 'category') continue;
      const counts = await work.valueCounts(column);
      // The most frequent spelling comes first.
      const usual = new Map<string, string>();
      const variants: { value: string; usual: string }[] = [];
      for (const { value } of counts ?? []) {
        const known = usual.get(normalized(value));
        if (known === undefined) usual.set(normalized(value), value);
        else variants.push({ value, usual: known });
      }
      if (variants.length === 0) continue;
      const shown = variants.slice(0, 5).map(each => `'${each.value}' and '${each.usual}'`);
      const pairs = variants.map(each => `(${quoted(each.value)}, ${quoted(each.usual)})`);
      findings.push({
        column: column.name,
        detail: `${variants.length} values of '${column.name}' differ from another one in case or white space only: ${shown.join(', ')}`,
        rows: `SELECT rowid AS row, concat('''', value, ''' may be ''', usual, '''') AS detail
          FROM ${work.table} JOIN (VALUES ${pairs.join(', ')}) AS variants(value, usual) ON ${column.sql} = value`,
      });
    }
    return findings;
  },
});

function normalized(value: string): string {
  return value
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
