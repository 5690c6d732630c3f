import { rowMajorStrides } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { forEachIndex } from '../../evaluate/indices.js';
import { realArray, reals } from '../../evaluate/nd-array.js';
import { flag, oneOf } from '../attribute-specs.js';
import { describe } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/**
 * The values of x [n, c, height, width] at the places of a grid [n, h, w, 2]: (x, y) from -1 to 1 over the image (Jaderberg
 * et al. 2015). Between pixels they are interpolated; outside they are 0, or those of the border.
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
    if (x.shape.length !== 4 || grid.shape.length !== 4 || grid.shape[3] !== 2) {
      throw new TypeInferenceError(`${op} of ${describe(x)} at ${describe(grid)}, expected [n,c,h,w] and [n,h,w,2]`);
    }
    return [{ dtype: x.dtype, shape: [x.shape[0]!, x.shape[1]!, grid.shape[1]!, grid.shape[2]!] }];
  },
  evaluate({ op, inputs: { x, grid }, attributes: { align_corners, mode, padding_mode } }) {
    if (mode === 'cubic' || padding_mode === 'reflection') {
      throw new TypeInferenceError(`${op} in mode ${mode} with padding ${padding_mode} has no reference`);
    }
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    const [, outHeight, outWidth] = grid.shape as [number, number, number];
    const result = realArray(x.dtype, [batch, channels, outHeight, outWidth]);
    const [values, places, strides] = [reals(x), reals(grid), rowMajorStrides(x.shape)];
    const position = (at: number, size: number) => {
      const exact = align_corners ? ((at + 1) * (size - 1)) / 2 : ((at + 1) * size - 1) / 2;
      return padding_mode === 'border' ? Math.min(Math.max(exact, 0), size - 1) : exact;
    };
    forEachIndex(result.shape, ([n, c, i, j], flat) => {
      const place = ((n! * outHeight + i!) * outWidth + j!) * 2;
      const rows = taps(position(places[place + 1]!, height), height, mode);
      const columns = taps(position(places[place]!, width), width, mode);
      const start = n! * strides[0]! + c! * strides[1]!;
      for (const [row, ofRow] of rows)
        for (const [column, ofColumn] of columns)
          result.data[flat]! += ofRow * ofColumn * values[start + row * width + column]!;
    });
    return [result];
  },
});

/** The pixels next to a position along one axis, with their weights; those outside are left out. */
function taps(
  position: number,
  size: number,
  mode: 'linear' | 'nearest',
): (readonly [pixel: number, weight: number])[] {
  if (mode === 'nearest') return within([[roundHalfToEven(position), 1]], size);
  const first = Math.floor(position);
  const rest = position - first;
  return within(
    [
      [first, 1 - rest],
      [first + 1, rest],
    ],
    size,
  );
}

function within(all: readonly (readonly [number, number])[], size: number): (readonly [number, number])[] {
  return all.filter(([pixel]) => pixel >= 0 && pixel < size);
}

function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
