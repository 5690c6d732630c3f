// Resize along one axis: each position of the result is a weighted sum of positions of the operand (ONNX, Resize-19).

import { TypeInferenceError } from '../../errors.js';

export interface AxisResize {
  readonly size: number;
  readonly resized: number;
  /** As given, or resized / size. */
  readonly scale: number;
}

export interface InterpolationAttributes {
  readonly mode: string;
  readonly coordinate_transformation_mode: string;
  readonly nearest_mode: string;
  readonly antialias: boolean;
}

/** Positions of the operand with their weights. */
export type Taps = readonly (readonly [position: number, weight: number])[];

type Transformation = (at: number, axis: AxisResize) => number;

const halfPixel: Transformation = (at, { scale }) => (at + 0.5) / scale - 0.5;

const COORDINATES: Readonly<Record<string, Transformation>> = {
  half_pixel: halfPixel,
  half_pixel_symmetric(at, { size, resized, scale }) {
    const adjustment = resized / (scale * size);
    return (size / 2) * (1 - adjustment) + (at + 0.5) / scale - 0.5;
  },
  pytorch_half_pixel: (at, axis) => (axis.resized > 1 ? halfPixel(at, axis) : 0),
  align_corners: (at, { size, resized }) => (resized === 1 ? 0 : (at * (size - 1)) / (resized - 1)),
  asymmetric: (at, { scale }) => at / scale,
};

const ROUND: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: x => Math.ceil(x - 0.5),
  round_prefer_ceil: x => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** For each position of the result. Throws TypeInferenceError for cubic and antialiased resizing, and for crops. */
export function interpolation(attributes: InterpolationAttributes, axis: AxisResize): Taps[] {
  const { mode, coordinate_transformation_mode, nearest_mode, antialias } = attributes;
  const coordinate = COORDINATES[coordinate_transformation_mode];
  const round = ROUND[nearest_mode];
  if (!coordinate || !round || antialias || mode === 'cubic') {
    const variant = antialias ? 'antialias' : `${mode} with ${coordinate_transformation_mode}`;
    throw new TypeInferenceError(`Resize by ${variant} is not supported: nearest and linear are, without crops`);
  }
  const clamp = (position: number) => Math.min(Math.max(position, 0), axis.size - 1);
  return Array.from({ length: axis.resized }, (_, at): Taps => {
    const x = coordinate(at, axis);
    if (mode === 'nearest') return [[clamp(round(x)), 1]];
    const inside = clamp(x);
    const left = Math.floor(inside);
    const share = inside - left;
    if (share === 0) return [[left, 1]];
    return [
      [left, 1 - share],
      [left + 1, share],
    ];
  });
}
