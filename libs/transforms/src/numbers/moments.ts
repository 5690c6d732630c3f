/**
 * Mean and population deviation of several columns, row by row (Chan, Golub and LeVeque 1979, a row at a time). Each
 * column is accumulated in its own unit, a power of two near its largest value, so that squares neither overflow nor
 * vanish: a deviation of 1e-200 is as good as one of 1.
 */
export class Moments {
  readonly #counts: Float64Array;
  readonly #means: Float64Array;
  /** Sums of squared distances from the mean. */
  readonly #squares: Float64Array;
  /** A value times its unit is near 1; 0 until the first value that is not 0. */
  readonly #units: Float64Array;

  constructor(width = 1) {
    this.#counts = new Float64Array(width);
    this.#means = new Float64Array(width);
    this.#squares = new Float64Array(width);
    this.#units = new Float64Array(width);
  }

  /** A finite value, `times` times. */
  add(value: number, column = 0, times = 1): void {
    let scaled = value * this.#units[column]!;
    if (value !== 0 && (scaled === 0 || Math.abs(scaled) > MAX_SCALED)) {
      if (this.#enlargeUnit(Math.abs(value), column)) scaled = value * this.#units[column]!;
    }
    const before = this.#counts[column]!;
    const count = before + times;
    const distance = scaled - this.#means[column]!;
    this.#counts[column] = count;
    this.#means[column]! += (distance * times) / count;
    this.#squares[column]! += distance * distance * ((before * times) / count);
  }

  /** 0 without values. */
  mean(column = 0): number {
    return this.#counts[column] === 0 ? 0 : this.#means[column]! / (this.#units[column]! || 1);
  }

  /** Divisor n, as scikit-learn's StandardScaler; 0 without values. */
  deviation(column = 0): number {
    if (this.#counts[column] === 0) return 0;
    const scaled = Math.sqrt(this.#squares[column]! / this.#counts[column]!);
    return Math.min(scaled / (this.#units[column]! || 1), Number.MAX_VALUE);
  }

  /** False if the value is too small beside the earlier ones to matter. */
  #enlargeUnit(magnitude: number, column: number): boolean {
    const exponent = Math.min(Math.max(Math.floor(Math.log2(magnitude)), -MAX_EXPONENT), MAX_EXPONENT);
    const unit = 2 ** -exponent;
    const before = this.#units[column]!;
    if (before !== 0 && unit > before) return false;
    if (before !== 0) {
      this.#means[column]! *= unit / before;
      this.#squares[column]! *= (unit / before) ** 2;
    }
    this.#units[column] = unit;
    return true;
  }
}

// Its square is far from overflow, for any number of rows.
const MAX_SCALED = 2 ** 300;
// 2 ** -exponent and 2 ** exponent are both finite and not subnormal.
const MAX_EXPONENT = 1000;
