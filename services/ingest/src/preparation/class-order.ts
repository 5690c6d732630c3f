/** Numbers by value, then texts by their code units: the same order everywhere, whatever the locale and the rows' order. */
export function compareClasses(a: string, b: string): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Texts stand behind every number. */
function toNumber(name: string): number {
  const number = name === '' ? Number.NaN : Number(name);
  return Number.isFinite(number) ? number : Number.POSITIVE_INFINITY;
}
