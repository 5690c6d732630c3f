import type { GraphBuilder, Value } from '@athanor/onnx';
import { int64, scalar, tensor } from '@athanor/tensor';
import { z } from 'zod';
import { cast } from './dense.js';
import { imputation } from './numbers/imputation.js';
import { numberTransform } from './numbers/number-transform.js';
import { quantileOf } from './numbers/sorted-values.js';

const OUTPUTS = ['uniform', 'normal'] as const;

/** The distribution of one column: a rise between each two neighbouring quantiles, a step at values that are several. */
interface Curve {
  /** Increasing; in units of `unit`. */
  readonly values: readonly number[];
  /** Share of rows below a value, at it, and up to it. */
  readonly below: readonly number[];
  readonly at: readonly number[];
  readonly upTo: readonly number[];
  /** 1, or less where differences between values are beyond FP64. */
  readonly unit: number;
}

type FittedCurves = { readonly output: (typeof OUTPUTS)[number]; readonly curves: readonly Curve[] };

/** The share of training rows below a value, or its normal quantile: scikit-learn's QuantileTransformer. */
export const quantile = numberTransform({
  kind: 'quantile',
  version: 1,
  summary: 'Numbers by their rank among the training rows: any distribution becomes uniform or normal.',
  parameters: z.strictObject({
    output: z
      .enum(OUTPUTS)
      .default('normal')
      .describe('Distribution of the result: uniform from 0 to 1, or normal with mean 0 and deviation 1.'),
    quantiles: z
      .int()
      .min(2)
      .max(10_000)
      .default(1_000)
      .describe('Quantiles that are kept of the training split; between them the share is interpolated.'),
    impute: imputation('median'),
  }),
  keepsValues: () => true,
  fit: (columns, { output, quantiles }): FittedCurves => ({
    output,
    curves: columns.map(({ sorted }) => fitCurve(sorted, quantiles)),
  }),
  emit(g, x, { output, curves }) {
    const columns = curves.map((curve, index) => {
      const column = curves.length === 1 ? x : takeColumn(g, x, index);
      const scaled = curve.unit === 1 ? column : g.op('Mul', [column, fp64(g, curve.unit)]);
      const share = emitShare(g, scaled, curve);
      return output === 'uniform' ? share : emitNormal(g, share, { x: scaled, curve });
    });
    return columns.length === 1 ? columns[0]! : g.op('Concat', columns, { attributes: { axis: 1 } });
  },
});

function fitCurve(sorted: Float64Array, quantiles: number): Curve {
  const count = Math.min(quantiles, sorted.length);
  if (count === 0) return { values: [0], below: [0], at: [0], upTo: [0], unit: 1 };
  const unit = Number.isFinite(sorted.at(-1)! - sorted[0]!) ? 1 : 0.25;
  const [values, below, upTo] = [[] as number[], [] as number[], [] as number[]];
  for (let index = 0; index < count; index++) {
    const share = count === 1 ? 0 : index / (count - 1);
    const value = (count === sorted.length ? sorted[index]! : quantileOf(sorted, share)) * unit + 0;
    if (values.length === 0 || value > values.at(-1)!) {
      values.push(value);
      below.push(share);
      upTo.push(share);
    } else upTo[upTo.length - 1] = share;
  }
  // The ends are 0 and 1 however many rows have them, a constant column is 0.
  const at = values.map((_, index) => (below[index]! + upTo[index]!) / 2);
  at[at.length - 1] = 1;
  at[0] = 0;
  return { values, below, at, upTo, unit };
}

/** FP64 [n, 1] to FP64 [n, 1] from 0 to 1. */
function emitShare(g: GraphBuilder, x: Value, { values, below, at, upTo }: Curve): Value {
  const limited = g.op('Min', [g.op('Max', [x, fp64(g, values[0]!)]), fp64(g, values.at(-1)!)]);
  const position = emitSearch(g, limited, values);
  const read = (table: readonly number[], name: string) => g.op('Gather', [vector(g, table), position], { name });
  const value = read(values, 'value');
  const widths = values.map((each, index) => (values[index + 1] ?? each + 1) - each || 1);
  const rises = values.map((_, index) => (below[index + 1] ?? upTo[index]!) - upTo[index]!);
  const part = g.op('Div', [g.op('Sub', [limited, value]), read(widths, 'width')], { name: 'part' });
  const between = g.op('Add', [g.op('Mul', [part, read(rises, 'rise')]), read(upTo, 'up_to')]);
  const share = g.op('Where', [g.op('Equal', [limited, value]), read(at, 'at'), between]);
  const isAbove = g.op('Greater', [x, fp64(g, values.at(-1)!)]);
  return g.op('Where', [isAbove, fp64(g, upTo.at(-1)!), share], { name: 'share' });
}

/** INT64 [n, 1]: the last index whose value is not above x, which is not below the first; binary search. */
function emitSearch(g: GraphBuilder, x: Value, values: readonly number[]): Value {
  const steps = Math.ceil(Math.log2(values.length));
  const filled = [...values, ...new Array<number>(2 ** steps - values.length).fill(Number.POSITIVE_INFINITY)];
  const table = vector(g, filled);
  const first = g.op('Mul', [cast(g, g.op('Equal', [x, x]), 'INT64'), g.constant(int64([], [0]))]);
  let position = first;
  for (let step = 2 ** (steps - 1); step >= 1; step /= 2) {
    const size = g.constant(int64([], [step]));
    const candidate = g.op('Add', [position, size]);
    const isBelow = g.op('LessOrEqual', [g.op('Gather', [table, candidate]), x]);
    position = g.op('Where', [isBelow, candidate, position], { name: 'position' });
  }
  return position;
}

/** scikit-learn's BOUNDS_THRESHOLD: closer to 0 or 1 no quantile of the normal distribution is taken. */
const BOUND = 1e-7;

/** Quantiles of the normal distribution by two of the three ranges of AS 241 (Wichura 1988): to 16 digits. */
function emitNormal(g: GraphBuilder, share: Value, { x, curve }: { readonly x: Value; readonly curve: Curve }): Value {
  const { values, unit } = curve;
  const isLast = g.op('GreaterOrEqual', [g.op('Add', [x, fp64(g, BOUND * unit)]), fp64(g, values.at(-1)!)]);
  const isFirst = g.op('LessOrEqual', [g.op('Sub', [x, fp64(g, BOUND * unit)]), fp64(g, values[0]!)]);
  const ends = g.op('Where', [isFirst, fp64(g, 0), g.op('Where', [isLast, fp64(g, 1), share])]);
  const smallest = BOUND - Number.EPSILON;
  const p = g.op('Min', [g.op('Max', [ends, fp64(g, smallest)]), fp64(g, 1 - smallest)], { name: 'p' });
  const q = g.op('Sub', [p, fp64(g, 0.5)]);
  const central = g.op('Mul', [q, ratio(g, g.op('Sub', [fp64(g, 0.425 ** 2), g.op('Mul', [q, q])]), CENTRAL)]);
  const tail = g.op('Min', [p, g.op('Sub', [fp64(g, 1), p])]);
  const r = g.op('Sqrt', [g.op('Neg', [g.op('Log', [tail])])]);
  const distance = ratio(g, g.op('Sub', [r, fp64(g, 1.6)]), MIDDLE);
  const outer = g.op('Mul', [g.op('Sign', [q]), distance]);
  const isCentral = g.op('LessOrEqual', [g.op('Abs', [q]), fp64(g, 0.425)]);
  return g.op('Where', [isCentral, central, outer], { name: 'normal' });
}

type Ratio = readonly [numerator: readonly number[], denominator: readonly number[]];

/** Coefficients from the constant term upwards. */
const CENTRAL: Ratio = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
];
const MIDDLE: Ratio = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];

function ratio(g: GraphBuilder, x: Value, [numerator, denominator]: Ratio): Value {
  return g.op('Div', [polynomial(g, x, numerator), polynomial(g, x, denominator)]);
}

function polynomial(g: GraphBuilder, x: Value, coefficients: readonly number[]): Value {
  const [highest, ...others] = [...coefficients].reverse();
  return others.reduce((sum, each) => g.op('Add', [g.op('Mul', [sum, x]), fp64(g, each)]), fp64(g, highest!));
}

function takeColumn(g: GraphBuilder, x: Value, index: number): Value {
  return g.op('Gather', [x, g.constant(int64([1], [index]))], { attributes: { axis: 1 } });
}

function vector(g: GraphBuilder, values: readonly number[]): Value {
  return g.constant(tensor('FP64', [values.length], Float64Array.from(values)));
}

function fp64(g: GraphBuilder, value: number): Value {
  return g.constant(scalar('FP64', value));
}
