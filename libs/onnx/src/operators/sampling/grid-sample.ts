import { rowMajorStrides } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { realArray, reals } from '../../evaluate/nd-array.js';
import { flag, oneOf } from '../attribute-specs.js';
import { describe, differ } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/**
 * The values of x [n, c, …sizes] at the places of a grid [n, …, rank]: coordinates from -1 to 1 over the image, the last axis
 * first (Jaderberg et al. 2015). Between pixels they are interpolated; outside they are 0, those of the border, or mirrored.
 */
export const gridSample = defineOperator({
  since: 20,
  attributes: {
    align_corners: flag(false),
    mode: oneOf('linear', 'nearest', 'cubic'),
    padding_mode: oneOf('zeros', 'border', 'reflection'),
  },
  inputs: { x: one(), grid: one() },
  infer({ op, inputs: { x, grid } }) {
    const rank = x.shape.length;
    if (rank < 4 || grid.shape.length !== rank || differ(grid.shape.at(-1)!, rank - 2)) {
      throw new TypeInferenceError(`${op} of ${describe(x)} at ${describe(grid)}`);
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)] }];
  },
  evaluate({ inputs: { x, grid }, attributes }) {
    const [batch, channels, ...sizes] = x.shape as [number, number, ...number[]];
    const result = realArray(x.dtype, [batch, channels, ...grid.shape.slice(1, -1)]);
    const [values, places] = [reals(x), reals(grid)];
    const [strides, gridStrides] = [rowMajorStrides(x.shape), rowMajorStrides(grid.shape)];
    forEachIndex(result.shape, ([n, c, ...at], flat) => {
      const place = flatIndex([n!, ...at], gridStrides.slice(0, -1));
      // Pixels with their weights, as offsets: the product of the taps along all axes.
      const pixels = sizes.reduce<Tap[]>(
        (all, size, axis) => {
          const taps = axisTaps(places[place + sizes.length - 1 - axis]!, size, attributes);
          return all.flatMap(([offset, weight]) =>
            taps.map(([pixel, share]): Tap => [offset + pixel * strides[axis + 2]!, weight * share]),
          );
        },
        [[n! * strides[0]! + c! * strides[1]!, 1]],
      );
      result.data[flat] = pixels.reduce((sum, [offset, weight]) => sum + weight * values[offset]!, 0);
    });
    return [result];
  },
});

interface Sampling {
  readonly align_corners: boolean;
  readonly mode: 'linear' | 'nearest' | 'cubic';
  readonly padding_mode: 'zeros' | 'border' | 'reflection';
}

type Tap = readonly [pixel: number, weight: number];

/** The pixels next to a place along one axis, with their weights; those outside are left out, or moved inside. */
function axisTaps(place: number, size: number, { align_corners, mode, padding_mode }: Sampling): Tap[] {
  const [low, high] = align_corners ? [0, size - 1] : [-0.5, size - 0.5];
  const exact = align_corners ? ((place + 1) * (size - 1)) / 2 : ((place + 1) * size - 1) / 2;
  const inside = (at: number) => {
    if (padding_mode === 'border') return Math.min(Math.max(at, 0), size - 1);
    return padding_mode === 'reflection' ? reflected(at, low, high) : at;
  };
  const taps = TAPS[mode](inside(mode === 'nearest' ? roundHalfToEven(exact) : exact));
  const moved = taps.map(([pixel, weight]): Tap => [inside(pixel), weight]);
  return moved.filter(([pixel]) => pixel >= 0 && pixel < size);
}

const TAPS: { readonly [mode in Sampling['mode']]: (position: number) => readonly Tap[] } = {
  nearest: position => [[position, 1]],
  linear(position) {
    const first = Math.floor(position);
    const rest = position - first;
    return [
      [first, 1 - rest],
      [first + 1, rest],
    ];
  },
  cubic(position) {
    const first = Math.floor(position);
    return [-1, 0, 1, 2].map((offset): Tap => [first + offset, cubicWeight(Math.abs(position - first - offset))]);
  },
};

/** Cubic convolution with a = -0.75 (Keys 1981), at a distance below 2. */
function cubicWeight(distance: number): number {
  const a = -0.75;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
}

/** Mirrored at both ends as often as needed. */
function reflected(at: number, low: number, high: number): number {
  const range = high - low;
  if (range === 0) return low;
  const turned = Math.abs((((at - low) % (2 * range)) + 2 * range) % (2 * range));
  return low + (turned <= range ? turned : 2 * range - turned);
}

function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
