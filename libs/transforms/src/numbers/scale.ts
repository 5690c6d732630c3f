import type { GraphBuilder, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';

/**
 * A divisor that is not 0: 1 for a spread that is no larger than the rounding of the values themselves, as for a constant
 * column. scikit-learn compares a range with 10 epsilon, whatever the values' magnitude; here it is relative to them, so
 * that a column of values around 1e-40 is scaled too.
 */
export function divisorOf(spread: number, magnitude: number): number {
  if (spread <= 10 * Number.EPSILON * magnitude) return 1;
  return Math.min(spread, Number.MAX_VALUE);
}

/**
 * (x - center) / scale per column in FP64. Where scales are tiny, values are first multiplied by powers of two: ONNX
 * Runtime 1.30 removes an addition or subtraction of one constant that is 0 in FP32 (its NoopElimination), and a
 * subnormal quotient has few bits.
 */
export function emitScaled(g: GraphBuilder, x: Value, center: readonly number[], scale: readonly number[]): Value {
  const units = scale.map(each => (each < TINY ? 2 ** Math.min(-Math.floor(Math.log2(each)), MAX_EXPONENT) : 1));
  const inUnits = (values: readonly number[]) => values.map((value, column) => value * units[column]!);
  const enlarged = units.every(unit => unit === 1) ? x : g.op('Mul', [x, rowOf(g, units)], { name: 'enlarged' });
  const centred = g.op('Sub', [enlarged, rowOf(g, inUnits(center), 'center')], { name: 'centred' });
  // A division: the reciprocal of a small scale may be infinite.
  return g.op('Div', [centred, rowOf(g, inUnits(scale), 'scale')], { name: 'scaled' });
}

/** FP64 [width] */
export function rowOf(g: GraphBuilder, values: readonly number[], stem?: string): Value {
  return g.constant(tensor('FP64', [values.length], Float64Array.from(values)), stem);
}

const TINY = 2 ** -100;
const MAX_EXPONENT = 1000;
