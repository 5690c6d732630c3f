import type { Value } from '@athanor/onnx';
import { add, cast, mul, reshapeLike, scalar, scale, sub, sum, zerosLike } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { spatialSizes } from '../convolution/geometry.js';
import { defineGradient, type GradientCall } from '../gradient.js';

/**
 * y = Σ over the four pixels around a place of vᵢⱼ·rᵢ·cⱼ, with weights r of rows and c of columns: dv is a scatter of
 * dy·rᵢ·cⱼ to the pixels, and the place gets Σ dy·vᵢⱼ·rᵢ·cⱼ′ with c′ = ∓ pixels per unit of the grid.
 */
export const gradient = defineGradient('GridSample', {
  backward(call) {
    const {
      g,
      inputs: { x, grid },
      attributes: { mode, padding_mode },
      wanted,
      dy,
    } = call;
    if (mode !== 'linear' || padding_mode === 'reflection' || x.shape.length !== 4) {
      throw new GradientError(`GridSample of rank ${x.shape.length} in mode ${mode} with padding ${padding_mode}`);
    }
    const [height, width] = spatialSizes(x) as [number, number];
    const [columns, rows] = [axis(call, 0, width), axis(call, 1, height)];
    const gradients = g.op('Reshape', [dy, g.axes([0, 0, -1])]);
    const pixels = g.op('Reshape', [x, g.axes([0, 0, -1])]);
    const corners = rows.flatMap(row => columns.map(column => ({ row, column })));
    const indices = corners.map(({ row, column }) => {
      const flat = cast(g, add(g, scale(g, row.pixel, width), column.pixel), 'INT64');
      return g.op('Expand', [flat, g.op('Shape', [gradients])]);
    });
    const ofPixels = () => {
      const shares = corners.map(({ row, column }) => mul(g, gradients, mul(g, row.weight, column.weight)));
      const along = { attributes: { axis: 2 } };
      const [at, values] = [g.op('Concat', indices, along), g.op('Concat', shares, along)];
      const scattered = g.op('ScatterElements', [zerosLike(g, pixels), at, values], {
        attributes: { axis: 2, reduction: 'add' },
      });
      return reshapeLike(g, scattered, x);
    };
    const ofGrid = () => {
      const values = indices.map(index => g.op('GatherElements', [pixels, index], { attributes: { axis: 2 } }));
      const parts = corners.map(({ row, column }, index) => {
        const value = mul(g, gradients, values[index]!);
        return [mul(g, value, mul(g, row.weight, column.slope)), mul(g, value, mul(g, row.slope, column.weight))];
      });
      const total = (which: 0 | 1) =>
        sum(
          g,
          g.op(
            'Sum',
            parts.map(part => part[which]!),
          ),
          [1],
          false,
        );
      const both = [total(0), total(1)].map(part => g.op('Unsqueeze', [part, g.axes([2])]));
      return reshapeLike(g, g.op('Concat', both, { attributes: { axis: 2 } }), grid);
    };
    return { x: wanted.x ? ofPixels() : undefined, grid: wanted.grid ? ofGrid() : undefined };
  },
  cases: [
    {
      inputs: [
        [2, 2, 3, 4],
        [2, 2, 3, 2],
      ],
      range: [-0.9, 0.9],
    },
    {
      inputs: [
        [1, 2, 4, 3],
        [1, 3, 2, 2],
      ],
      attributes: { align_corners: true },
      range: [-1.4, 1.4],
    },
    {
      inputs: [
        [2, 1, 3, 3],
        [2, 2, 2, 2],
      ],
      attributes: { padding_mode: 'border' },
      range: [-1.4, 1.4],
    },
    {
      inputs: [
        [2, 1, 3, 3],
        [2, 2, 2, 2],
      ],
      symbolic: true,
      range: [-0.9, 0.9],
    },
  ],
});

/** A pixel beside a place, along one axis, for each place: [n, 1, places]. */
interface Tap {
  /** Inside the image. */
  readonly pixel: Value;
  readonly weight: Value;
  /** d weight / d the grid's coordinate. */
  readonly slope: Value;
}

function axis({ g, inputs: { grid }, attributes }: GradientCall<'GridSample'>, which: number, size: number): Tap[] {
  const { align_corners, padding_mode } = attributes;
  const constant = (value: number) => scalar(g, grid.dtype, value);
  const coordinate = g.op('Reshape', [
    g.op('Gather', [grid, g.axes([which])], { attributes: { axis: 3 } }),
    g.axes([0, 1, -1]),
  ]);
  const perUnit = (align_corners ? size - 1 : size) / 2;
  const exact = add(g, scale(g, coordinate, perUnit), constant((size - 1) / 2));
  const isBorder = padding_mode === 'border';
  const limited = isBorder ? g.op('Clip', [exact, constant(0), constant(size - 1)]) : exact;
  // Beyond the border the place does not matter.
  const moves = isBorder ? scale(g, cast(g, g.op('Equal', [limited, exact]), grid.dtype), perUnit) : constant(perUnit);
  const first = g.op('Floor', [limited]);
  const rest = sub(g, limited, first);
  const tap = (pixel: Value, weight: Value, sign: number): Tap => {
    const inside = g.op('Clip', [pixel, constant(0), constant(size - 1)]);
    const counts = cast(g, g.op('Equal', [inside, pixel]), grid.dtype);
    return { pixel: inside, weight: mul(g, weight, counts), slope: mul(g, scale(g, moves, sign), counts) };
  };
  return [tap(first, sub(g, constant(1), rest), -1), tap(add(g, first, constant(1)), rest, 1)];
}
