// Which size images are stored in if the recipe does not say it.

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A longer side than this is for a recipe to ask for. */
const MAX_SIDE = 256;
/** Smaller images of different sizes are enlarged to it. */
const MIN_SIDE = 32;

/**
 * The size of all images if they have one; else the median width and the median height, each at least 32. Scaled down
 * to at most 256 on the longer side.
 */
export function chooseSize(sizes: readonly Size[]): Size {
  const [first] = sizes;
  if (first === undefined) throw new RangeError('expected at least one size, got none');
  const isEqual = sizes.every(({ width, height }) => width === first.width && height === first.height);
  if (isEqual) return scaledDown(first);
  const { width, height } = scaledDown({
    width: median(sizes.map(each => each.width)),
    height: median(sizes.map(each => each.height)),
  });
  return { width: Math.max(MIN_SIDE, width), height: Math.max(MIN_SIDE, height) };
}

function scaledDown({ width, height }: Size): Size {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The lower one of two. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]!;
}
