import { InvalidArgumentError } from 'commander';

// Parsers of numbers on the command line. Anything else is refused: a version of 1.5 or 'abc' must not mean another
// version.

/** 0, 1, 2, … */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected a whole number, 0 or more');
  }
  return value;
}

/** 1, 2, 3, …: versions and similar numbers. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('expected a whole number, 1 or more');
  return value;
}

export function realNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** A fraction in [0, 1). */
export function share(text: string): number {
  const value = realNumber(text);
  if (value < 0 || value >= 1) throw new InvalidArgumentError('expected 0 or more, and less than 1');
  return value;
}

/** "64x48": width and height; "64" is both. */
export function imageSize(text: string): string {
  const [, width, height = width] = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(text) ?? [];
  if (width === undefined || Number(width) === 0 || Number(height) === 0)
    throw new InvalidArgumentError('expected a size in pixels, for example 64 or 64x48');
  return `${width}x${height}`;
}

/** The mesh uses ports in the hundred from here. */
export function portBase(text: string): number {
  const value = wholeNumber(text);
  if (value < 1024 || value > 65_000) throw new InvalidArgumentError('expected 1024 to 65000');
  return value;
}

/** "64,32"; empty: none. */
export function positiveNumbers(text: string): number[] {
  return text === '' ? [] : text.split(',').map(positiveNumber);
}
