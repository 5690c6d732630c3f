const LOCALE = 'en-US';
const COUNT = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const FIGURE = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 4 });
const WHOLE = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const SHARE = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "48,842" */
export function countText(count: number): string {
  return COUNT.format(count);
}

/** "1 row", "2 rows". */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Four significant digits; a dash if there is no value. */
export function numberText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toExponential(2).replace('e+', 'e');
  return size >= 1_000 ? WHOLE.format(value) : FIGURE.format(value);
}

/** With up to this many significant digits. */
export function preciseText(digits: number): (value: number) => string {
  const format = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: digits });
  return value => format.format(value);
}

/** A metric: four decimals, as the other commands print it. */
export function figureText(value: number | undefined): string {
  if (value === undefined) return '–';
  return Math.abs(value) >= 1_000 ? numberText(value) : value.toFixed(4);
}

/** "12.3 %" of the total. */
export function shareText(part: number, total: number): string {
  if (total === 0) return '–';
  const percent = (100 * part) / total;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  return `${part < total && percent >= 99.95 ? '> 99.9' : SHARE.format(percent)} %`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
