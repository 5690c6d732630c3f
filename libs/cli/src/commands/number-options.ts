import { InvalidArgumentError } from 'commander';

// Parsers of numbers on the command line. What is not one is refused: a version of 1.5 or 'abc' must not mean another.

/** 0, 1, 2, … */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected a whole number, 0 or more');
  }
  return value;
}

/** 1, 2, 3, …: versions and the like. */
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

/** A share of a whole, 1 not included. */
export function share(text: string): number {
  const value = realNumber(text);
  if (value < 0 || value >= 1) throw new InvalidArgumentError('expected 0 or more, and less than 1');
  return value;
}

/** The mesh's ports lie in the hundred after it. */
export function portBase(text: string): number {
  const value = wholeNumber(text);
  if (value < 1024 || value > 65_000) throw new InvalidArgumentError('expected 1024 to 65000');
  return value;
}

/** "64,32"; empty: none. */
export function positiveNumbers(text: string): number[] {
  return text === '' ? [] : text.split(',').map(positiveNumber);
}
