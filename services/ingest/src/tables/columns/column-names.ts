import { nearest } from '@athanor/components';
import { FormatError } from '../../formats/rows.js';

/** As many as a sheet of Excel has. */
const MAX_COLUMNS = 16_384;

/** Names as the version has them: trimmed, and a name for each column without one. Throws FormatError for twins. */
export function toColumnNames(names: readonly string[], filename: string): string[] {
  if (names.length > MAX_COLUMNS)
    throw new FormatError(
      `${filename}: expected at most ${MAX_COLUMNS} columns, got ${names.length}; is the --delimiter right?`,
    );
  const named = names.map((name, index) => name.trim() || `column_${index + 1}`);
  const places = new Map<string, number>();
  for (const [index, name] of named.entries()) {
    const twin = places.get(name);
    if (twin !== undefined) {
      const where = `columns ${twin + 1} and ${index + 1}`;
      throw new FormatError(
        `${filename}: the name '${name}' is there twice (${where}; names are trimmed); rename one, or name all with --columns`,
      );
    }
    places.set(name, index);
  }
  return named;
}

/** Throws FormatError for a name in an option that no column has. */
export function expectColumn(name: string, known: readonly string[], option: string): void {
  if (known.includes(name)) return;
  const guess = nearest(name, known);
  const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
  const shown = known.length > 30 ? `${known.slice(0, 30).join(', ')}, … (${known.length})` : known.join(', ');
  throw new FormatError(`${option} names the column '${name}', but the columns are ${shown}${hint}`);
}
