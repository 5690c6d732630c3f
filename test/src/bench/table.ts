/** One line of the benchmark's table. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Markdown, so that it can be pasted into a note. */
export function toMarkdown(title: string, rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row.figures)))];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const body = rows.map(({ name, figures }) => line([name, ...columns.map(column => format(figures[column]))]));
  return `\n${line([title, ...columns])}${line(['---', ...columns.map(() => '---:')])}${body.join('')}`;
}

function format(value: number | undefined): string {
  if (value === undefined) return '';
  if (value >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}
