// What all transforms of numbers share: missing values are replaced and may be flagged; FP64 until the end.

import type { Column, NumberValues } from '@athanor/data';
import type { GraphBuilder, Value } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import type { z } from 'zod';
import { cast, isPresent, toDense } from '../dense.js';
import type { Encoded, Fitted, Transform } from '../transform.js';
import type { Imputation } from './imputation.js';
import { NumberReader, type NumberSummary } from './number-summary.js';
import { emitScaled, rowOf } from './scale.js';

export interface NumberParameters {
  readonly impute: Imputation;
}

/** By column. */
export type FittedImputation = {
  readonly columns: readonly string[];
  readonly fills: readonly number[];
  readonly indicators: readonly boolean[];
};

interface Description<P> {
  readonly kind: string;
  readonly version: number;
  readonly summary: string;
  readonly parameters: z.ZodType<P>;
  /** Whether the fit uses quantiles, for which all values are kept until its end. */
  keepsValues?(parameters: P): boolean;
}

export interface NumberTransformOptions<P, F extends Fitted> extends Description<P> {
  /** One summary per column. */
  fit(columns: readonly NumberSummary[], parameters: P): F;
  /** `x`: FP64 [n, columns], all finite. The result has the same shape. */
  emit(g: GraphBuilder, x: Value, fitted: F): Value;
}

/** Takes one or more number columns; encodes [value of each column, indicator of each column that has one]. */
export function numberTransform<P extends NumberParameters, F extends Fitted>(
  options: NumberTransformOptions<P, F>,
): Transform<P, FittedImputation & F> {
  const { kind, version, summary, parameters } = options;
  return {
    kind,
    version,
    summary,
    parameters,
    accepts: columns => acceptsNumbers(kind, columns),
    fitter(columns, chosen) {
      const keepsValues = options.keepsValues?.(chosen) ?? false;
      const readers = columns.map(() => new NumberReader(chosen.impute, keepsValues));
      return {
        add(batch) {
          for (const [index, reader] of readers.entries()) reader.read(batch[index] as NumberValues);
        },
        end() {
          const summaries = readers.map(reader => reader.end());
          return {
            columns: columns.map(({ name }) => name),
            fills: summaries.map(({ fill }) => fill),
            indicators: summaries.map(({ indicator }) => indicator),
            ...options.fit(summaries, chosen),
          };
        },
      };
    },
    emit: (g, raw, fitted) => emitNumbers(g, raw, { fitted, emit: x => options.emit(g, x, fitted) }),
  };
}

function acceptsNumbers(kind: string, columns: readonly Column[]): true | string {
  const other = columns.find(({ type }) => type.kind !== 'number');
  if (other === undefined && columns.length > 0) return true;
  const received = other === undefined ? 'no column' : `'${other.name}' (${other.type.kind})`;
  return `${kind} takes number columns, received ${received}`;
}

/** The steps of one column after imputation, in this order. */
export interface NumberSteps {
  /** Limits of the value. */
  readonly lower?: number;
  readonly upper?: number;
  /** (value - center) / scale, both or neither; the scale is not 0. */
  readonly center?: number;
  readonly scale?: number;
  /** Is added after scaling. */
  readonly offset?: number;
}

/** By column; a step that is absent is left out. */
export type FittedSteps = { readonly [Step in keyof NumberSteps]?: readonly number[] };

/** Limits, then (value - center) / scale. */
export function scalingTransform<P extends NumberParameters>(
  options: Description<P> & { steps(column: NumberSummary, parameters: P): NumberSteps },
): Transform<P, FittedImputation & FittedSteps> {
  return numberTransform<P, FittedSteps>({
    ...options,
    fit: (columns, parameters) => collectSteps(columns.map(each => options.steps(each, parameters))),
    emit: emitSteps,
  });
}

const STEPS = ['lower', 'upper', 'center', 'scale', 'offset'] as const satisfies readonly (keyof NumberSteps)[];

function collectSteps(steps: readonly NumberSteps[]): FittedSteps {
  return Object.fromEntries(
    STEPS.filter(step => steps[0]?.[step] !== undefined).map(step => [step, steps.map(each => each[step]! + 0)]),
  );
}

function emitNumbers(
  g: GraphBuilder,
  raw: readonly Value[],
  { fitted, emit }: { readonly fitted: FittedImputation; readonly emit: (x: Value) => Value },
): Encoded {
  const numbers = raw.map(value => cast(g, value, 'FP64'));
  const x = numbers.length === 1 ? numbers[0]! : g.op('Concat', numbers, { attributes: { axis: 1 } });
  const mayMiss = raw.some(({ dtype }) => dtype === 'FP64');
  const present = mayMiss ? isPresent(g, x) : undefined;
  const filled = present ? g.op('Where', [present, x, rowOf(g, fitted.fills)], { name: 'imputed' }) : x;
  const values = toDense(g, emit(filled));
  const flagged = [...fitted.indicators.keys()].filter(index => fitted.indicators[index]);
  const names = [...fitted.columns, ...flagged.map(index => `${fitted.columns[index]} (missing)`)];
  if (flagged.length === 0) return { kind: 'dense', value: values, names };
  const isMissing = g.op('Not', [present ?? isPresent(g, x)]);
  const indicators = selectColumns(g, cast(g, isMissing, 'FP32'), flagged);
  const value = g.op('Concat', [values, indicators], { attributes: { axis: 1 }, name: 'encoded' });
  return { kind: 'dense', value, names };
}

function emitSteps(g: GraphBuilder, x: Value, { lower, upper, center, scale, offset }: FittedSteps): Value {
  let value = x;
  if (lower) value = g.op('Max', [value, rowOf(g, lower)]);
  if (upper) value = g.op('Min', [value, rowOf(g, upper)]);
  if (center && scale) value = emitScaled(g, value, center, scale);
  return offset ? g.op('Add', [value, rowOf(g, offset)]) : value;
}

function selectColumns(g: GraphBuilder, value: Value, columns: readonly number[]): Value {
  if (value.shape[1] === columns.length) return value;
  return g.op('Gather', [value, g.constant(int64([columns.length], columns))], { attributes: { axis: 1 } });
}
