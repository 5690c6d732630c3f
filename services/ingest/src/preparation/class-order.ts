/** Numbers by value, then texts by their code units: the same order everywhere, whatever the locale. */
export function compareClasses(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isFinite(x) && Number.isFinite(y) && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
