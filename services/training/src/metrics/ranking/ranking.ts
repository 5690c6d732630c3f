import { fromKey, MAX_KEY, toKey } from './score-key.js';

/** Called with the number of rows that have the same score. */
export type OnTied = (positives: number, negatives: number, score: number) => void;

export interface RankingLimits {
  /** Rows up to which every score is kept, 4 bytes each. */
  readonly exactRows: number;
  /** Bins of the histogram that replaces them, 8 bytes each. */
  readonly bins: number;
}

/** With fewer bins a histogram says too little about the order of the rows. */
const MIN_BINS = 1_024;

/**
 * Rows by predicted probability, each with whether it is positive. Up to `exactRows` all scores are kept and the order is
 * exact. Above, they are counted in a histogram whose bins are as wide as 2^-12 of p or of 1 - p, whichever is less (with
 * 2^20 bins): rows of one bin count as tied. The area under the ROC curve is then off by at most half the share of pairs
 * of a positive and a negative row that fall into the same bin; see `tiedPairs`.
 */
export class Ranking {
  readonly #limits: RankingLimits;
  readonly #shift: number;
  /** Keys, twice, plus 1 of a positive row. */
  #exact: Uint32Array<ArrayBuffer> | undefined = new Uint32Array(16);
  #histogram: { readonly positives: Uint32Array; readonly negatives: Uint32Array } | undefined;
  #isSorted = false;
  #positives = 0;
  #negatives = 0;
  #isDefined = true;

  constructor(limits: RankingLimits) {
    this.#limits = limits;
    this.#shift = Math.max(0, Math.ceil(Math.log2((MAX_KEY + 1) / Math.max(1, limits.bins))));
  }

  get positives(): number {
    return this.#positives;
  }

  get negatives(): number {
    return this.#negatives;
  }

  /** False if a score was not a number, or there are too few bins for that many rows. */
  get isDefined(): boolean {
    return this.#isDefined;
  }

  add(score: number, isPositive: boolean): void {
    if (Number.isNaN(score)) this.#isDefined = false;
    this.#insert(toKey(score), isPositive);
  }

  merge(other: Ranking): void {
    this.#isDefined &&= other.#isDefined;
    if (other.#exact !== undefined) {
      for (const entry of other.#exact.subarray(0, other.#rows)) this.#insert(entry >>> 1, (entry & 1) === 1);
      return;
    }
    this.#positives += other.#positives;
    this.#negatives += other.#negatives;
    if (this.#exact !== undefined) this.#toHistogram(this.#exact.subarray(0, this.#rows - other.#rows));
    for (const field of ['positives', 'negatives'] as const)
      other.#histogram?.[field].forEach((count, bin) => {
        this.#histogram![field][bin]! += count;
      });
  }

  /** From the highest score to the lowest. */
  descend(onTied: OnTied): void {
    if (this.#exact === undefined) {
      this.#descendBins(onTied);
      return;
    }
    const entries = this.#exact.subarray(0, this.#rows);
    if (!this.#isSorted) entries.sort();
    this.#isSorted = true;
    descendEntries(entries, onTied);
  }

  /** The share of pairs of a positive and a negative row whose order is unknown because they are tied. */
  tiedPairs(): number {
    let pairs = 0;
    this.descend((positives, negatives) => {
      pairs += positives * negatives;
    });
    return pairs / (this.#positives * this.#negatives);
  }

  get #rows(): number {
    return this.#positives + this.#negatives;
  }

  #insert(key: number, isPositive: boolean): void {
    const row = this.#rows;
    this.#isSorted = false;
    if (isPositive) this.#positives++;
    else this.#negatives++;
    if (this.#exact !== undefined && row === this.#limits.exactRows) this.#toHistogram(this.#exact);
    if (this.#exact === undefined) {
      this.#count(key, isPositive);
      return;
    }
    if (row === this.#exact.length) {
      const grown = new Uint32Array(Math.min(2 * row, this.#limits.exactRows));
      grown.set(this.#exact);
      this.#exact = grown;
    }
    this.#exact[row] = key * 2 + Number(isPositive);
  }

  #toHistogram(exact: Uint32Array): void {
    this.#exact = undefined;
    if (this.#limits.bins < MIN_BINS) {
      this.#isDefined = false;
      return;
    }
    const bins = Math.floor(MAX_KEY / 2 ** this.#shift) + 1;
    this.#histogram = { positives: new Uint32Array(bins), negatives: new Uint32Array(bins) };
    for (const entry of exact.subarray(0, this.#limits.exactRows)) this.#count(entry >>> 1, (entry & 1) === 1);
  }

  #count(key: number, isPositive: boolean): void {
    if (this.#histogram === undefined) return;
    const counts = isPositive ? this.#histogram.positives : this.#histogram.negatives;
    counts[key >>> this.#shift]! += 1;
  }

  #descendBins(onTied: OnTied): void {
    const { positives, negatives } = this.#histogram ?? { positives: [], negatives: [] };
    for (let bin = positives.length - 1; bin >= 0; bin--) {
      if (positives[bin]! + negatives[bin]! > 0)
        onTied(positives[bin]!, negatives[bin]!, fromKey(bin * 2 ** this.#shift));
    }
  }
}

/** `entries` are sorted. */
function descendEntries(entries: Uint32Array, onTied: OnTied): void {
  for (let end = entries.length; end > 0; ) {
    const key = entries[end - 1]! >>> 1;
    let [begin, positives] = [end, 0];
    while (begin > 0 && entries[begin - 1]! >>> 1 === key) positives += entries[--begin]! & 1;
    onTied(positives, end - begin - positives, fromKey(key));
    end = begin;
  }
}
