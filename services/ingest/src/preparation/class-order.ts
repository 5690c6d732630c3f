/** Numbers by value, then text by code units: the same order in every locale and for every order of rows. */
export function compareClasses(a: string, b: string): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Text sorts after all numbers. */
function toNumber(name: string): number {
  const number = name === '' ? Number.NaN : Number(name);
  return Number.isFinite(number) ? number : Number.POSITIVE_INFINITY;
}
