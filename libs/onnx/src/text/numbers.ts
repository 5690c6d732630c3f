/** The shortest decimal number that reads as the same float of 32 bits; with a point or an exponent. */
export function float32Text(value: number): string {
  if (!Number.isFinite(value)) return float64Text(value);
  for (let digits = 6; digits <= 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Object.is(Math.fround(Number(text)), value)) return asFloat(text, value);
  }
  return float64Text(value);
}

export function float64Text(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return asFloat(String(value), value);
}

function asFloat(text: string, value: number): string {
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return value < 0 ? '-inf' : 'inf';
  const signed = Object.is(value, -0) ? '-0' : text;
  return /[.e]/i.test(signed) ? signed : `${signed}.0`;
}
