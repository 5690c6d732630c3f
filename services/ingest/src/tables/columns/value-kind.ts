// What a single value looks like. The whole column decides (settle-columns.ts); this reads samples and examples.

export type ValueKind = 'integer' | 'number' | 'boolean' | 'timestamp' | 'text';

/** Missing in a column of numbers, dates or booleans; in a column of texts only the empty cell is. */
export const MISSING_TOKENS: readonly string[] = ['', 'NA', 'N/A', 'NAN', 'NULL', 'NONE', '?', '-'];
const TOKENS = new Set(MISSING_TOKENS);

/** `cell` is trimmed. */
export function isMissingToken(cell: string): boolean {
  return cell.length <= 4 && TOKENS.has(cell.toUpperCase());
}

const INTEGER = /^[+-]?\d+$/;
/** A code, such as a postal code, loses its meaning as a number. */
const LEADING_ZERO = /^[+-]?0\d/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const BOOLEAN = /^(true|false)$/i;
const DATE = /^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?/;
const OFFSET = /^ ?(Z|UTC|[+-]\d{2}(:?\d{2})?)?$/;

export function valueKind(cell: string): ValueKind {
  if (LEADING_ZERO.test(cell)) return 'text';
  if (INTEGER.test(cell)) return 'integer';
  if (NUMBER.test(cell)) return 'number';
  if (BOOLEAN.test(cell)) return 'boolean';
  const date = DATE.exec(cell);
  return date !== null && OFFSET.test(cell.slice(date[0].length)) ? 'timestamp' : 'text';
}

/** A number with thousands separators, a decimal comma, a currency or a percent sign: an option can make it one. */
const WRITTEN_NUMBER = /^[+-]?[$€£¥]?\s*\d{1,3}([ ,.'\u00a0\u202f]\d{3})*([.,]\d+)?\s*[%$€£¥]?$/;

export function looksLikeNumber(cell: string): boolean {
  return valueKind(cell) === 'text' && !LEADING_ZERO.test(cell) && WRITTEN_NUMBER.test(cell);
}
