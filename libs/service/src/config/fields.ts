import { z } from 'zod';

/** A TCP port; 0 lets the system choose. */
export function port(fallback: number) {
  return integer({ min: 0, max: 65_535, fallback });
}

/** An integer in a range. */
export function integer({ min, max, fallback }: { min: number; max: number; fallback: number }) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number(expected).int(expected).min(min, expected).max(max, expected).default(fallback);
}

/** Exactly true or false. */
export function flag(fallback: boolean) {
  return z
    .enum(['true', 'false'], 'expected true or false')
    .transform(text => text === 'true')
    .default(fallback);
}

export function text(fallback?: string) {
  const field = z.string('expected a string').min(1, 'expected a non-empty string');
  return fallback === undefined ? field : field.default(fallback);
}
