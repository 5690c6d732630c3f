// A hash that similar images share: 64 comparisons of neighbouring brightnesses in a picture of 9 x 8 means ("dHash",
// N. Krawetz, "Kind of Like That", 2013).

const COLUMNS = 9;
const ROWS = 8;

export interface DifferenceHash {
  /** Rows 0 to 3, a bit for each pair of neighbours. */
  readonly high: number;
  /** Rows 4 to 7. */
  readonly low: number;
}

/** `pixels` is [height, width, channels]. */
export function differenceHash(
  pixels: Uint8Array,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
): DifferenceHash {
  const means = new Float64Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    const [top, bottom] = range(row, ROWS, height);
    for (let column = 0; column < COLUMNS; column++) {
      const [left, right] = range(column, COLUMNS, width);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = (y * width + left) * channels; at < (y * width + right) * channels; at++) sum += pixels[at]!;
      }
      means[row * COLUMNS + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return { high: bitsOf(means, 0), low: bitsOf(means, ROWS / 2) };
}

/** Pixels of one of `parts` equal parts; at least one, so that small images have a hash too. */
function range(part: number, parts: number, pixels: number): [number, number] {
  const begin = Math.min(pixels - 1, Math.floor((part * pixels) / parts));
  return [begin, Math.max(begin + 1, Math.floor(((part + 1) * pixels) / parts))];
}

function bitsOf(means: Float64Array, firstRow: number): number {
  let bits = 0;
  for (let row = firstRow; row < firstRow + ROWS / 2; row++) {
    for (let column = 0; column + 1 < COLUMNS; column++) {
      const at = row * COLUMNS + column;
      bits = (bits << 1) | Number(means[at]! > means[at + 1]!);
    }
  }
  return bits >>> 0;
}

/** In how many of the 64 bits two hashes differ. */
export function hammingDistance(a: DifferenceHash, b: DifferenceHash): number {
  return bitCount(a.high ^ b.high) + bitCount(a.low ^ b.low);
}

/** Number of ones in 32 bits (H. S. Warren, "Hacker's Delight", 5-1). */
export function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
