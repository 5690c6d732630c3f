// Pieces of SQL. Columns have internal names, so that no name of a user is ever part of a statement as an identifier.

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function literals(texts: readonly string[]): string {
  return texts.map(literal).join(', ');
}

/** The internal name of a column: DuckDB's own names ignore case, a table's do not. */
export function columnSql(index: number): string {
  return `c${index}`;
}

/** ASCII white space and the no-break space. */
const SPACES = ' \t\r\n\u000b\u000c\u00a0';

/** NULL if nothing is left, or one of `nulls`. */
export function trimmed(sql: string, nulls: readonly string[]): string {
  const value = `trim(${sql}, ${literal(SPACES)})`;
  return `CASE WHEN ${value} NOT IN (${literals(['', ...nulls])}) THEN ${value} END`;
}

/** Whether trimming would change the value; cheaper than trimming. */
export function isUntrimmed(sql: string): string {
  const ends = [...SPACES].map(space => `ends_with(${sql}, ${literal(space)})`).join(' OR ');
  return `(${sql} < '!' OR starts_with(${sql}, '\u00a0') OR ${ends})`;
}
