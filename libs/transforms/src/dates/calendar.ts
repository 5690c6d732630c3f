// The parts of a date in UTC, in the proleptic Gregorian calendar, by integer arithmetic (Hinnant, "chrono-Compatible
// Low-Level Date Algorithms"). The formulas are written once, for numbers in the fit and for values of a graph.

/** Integer arithmetic on `T`. */
export interface Integers<T> {
  add(a: T, b: T | number): T;
  subtract(a: T, b: T | number): T;
  multiply(a: T, factor: number): T;
  /** Of a dividend that is not negative. */
  divide(a: T, divisor: number): T;
  /** Rounds towards minus infinity. */
  floorDivide(a: T, divisor: number): T;
}

export interface DatePart {
  /** Its smallest value. */
  readonly first: number;
  /** Number of values of a part that repeats. */
  readonly period?: number;
}

export const DATE_PARTS = {
  year: { first: 1 },
  quarter: { first: 1, period: 4 },
  month: { first: 1, period: 12 },
  day: { first: 1, period: 31 },
  'day-of-year': { first: 1, period: 366 },
  /** Monday is 0. */
  weekday: { first: 0, period: 7 },
  hour: { first: 0, period: 24 },
  minute: { first: 0, period: 60 },
  second: { first: 0, period: 60 },
} as const satisfies Readonly<Record<string, DatePart>>;

export type DatePartName = keyof typeof DATE_PARTS;
export const DATE_PART_NAMES = Object.keys(DATE_PARTS) as readonly DatePartName[];

/** One moment, or a batch of them. Parts are computed when they are asked for. */
export class Calendar<T> {
  readonly #integers: Integers<T>;
  readonly #days: T;
  readonly #seconds: T;
  #date: { readonly year: T; readonly month: T; readonly day: T } | undefined;

  /** Days since 1970-01-01, and seconds since midnight. */
  constructor(integers: Integers<T>, days: T, seconds: T) {
    this.#integers = integers;
    this.#days = days;
    this.#seconds = seconds;
  }

  part(name: DatePartName): T {
    const { add, subtract, multiply, divide, floorDivide } = this.#integers;
    const remainder = (a: T, divisor: number) => subtract(a, multiply(divide(a, divisor), divisor));
    switch (name) {
      case 'year':
      case 'month':
      case 'day':
        this.#date ??= this.#civil();
        return this.#date[name];
      case 'quarter':
        return divide(add(this.part('month'), 2), 3);
      case 'day-of-year': {
        const yearBefore = subtract(this.part('year'), 1);
        const leapDays = add(
          subtract(floorDivide(yearBefore, 4), floorDivide(yearBefore, 100)),
          floorDivide(yearBefore, 400),
        );
        const newYear = add(multiply(yearBefore, 365), leapDays);
        return subtract(add(this.#days, DAYS_FROM_YEAR_1 + 1), newYear);
      }
      case 'weekday': {
        // 1970-01-01 was a Thursday.
        const shifted = add(this.#days, 3);
        return subtract(shifted, multiply(floorDivide(shifted, 7), 7));
      }
      case 'hour':
        return divide(this.#seconds, 3600);
      case 'minute':
        return remainder(divide(this.#seconds, 60), 60);
      case 'second':
        return remainder(this.#seconds, 60);
    }
  }

  /** civil_from_days: years begin in March, so that a leap day is the last of its year; an era has 400 years. */
  #civil(): { readonly year: T; readonly month: T; readonly day: T } {
    const { add, subtract, multiply, divide, floorDivide } = this.#integers;
    const shifted = add(this.#days, 719_468);
    const era = floorDivide(shifted, 146_097);
    const dayOfEra = subtract(shifted, multiply(era, 146_097));
    const leapDays = subtract(add(divide(dayOfEra, 1460), divide(dayOfEra, 146_096)), divide(dayOfEra, 36_524));
    const yearOfEra = divide(subtract(dayOfEra, leapDays), 365);
    const yearDays = subtract(add(multiply(yearOfEra, 365), divide(yearOfEra, 4)), divide(yearOfEra, 100));
    const dayOfYear = subtract(dayOfEra, yearDays);
    const monthFromMarch = divide(add(multiply(dayOfYear, 5), 2), 153);
    const monthDays = divide(add(multiply(monthFromMarch, 153), 2), 5);
    // January and February, months 10 and 11 from March, belong to the next year.
    const isNextYear = divide(monthFromMarch, 10);
    return {
      year: add(add(yearOfEra, multiply(era, 400)), isNextYear),
      month: subtract(add(monthFromMarch, 3), multiply(isNextYear, 12)),
      day: add(subtract(dayOfYear, monthDays), 1),
    };
  }
}

/** From 0001-01-01 to 1970-01-01. */
const DAYS_FROM_YEAR_1 = 719_162;
export const MICROS_PER_DAY = 86_400_000_000;
