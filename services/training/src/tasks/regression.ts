import { squaredError } from '@athanor/autodiff';
import type { Column, ColumnValues, NumberValues } from '@athanor/data';
import { type Tensor, tensor } from '@athanor/tensor';
import { z } from 'zod';
import type { NumberBatch } from '../metrics/regression/number-batch.js';
import { REGRESSION_DETAILS, REGRESSION_METRICS } from '../metrics/regression/number-metrics.js';
import { measurement, primaryParameter } from './measurement.js';
import { type BoundTask, type Task, UnsupportedTargets } from './task.js';

const parameters = z.strictObject({ primary: primaryParameter(REGRESSION_METRICS, 'rmse') });

/** Numbers: mean squared error of standardized targets; the served model returns them in their own unit. */
export const regression: Task<z.output<typeof parameters>> = {
  kind: 'regression',
  version: 1,
  summary: 'One or more numbers per row: mean squared error.',
  parameters,
  accepts(targets: readonly Column[]) {
    const wrong = targets.find(({ type }) => type.kind !== 'number');
    if (targets.length === 0) return 'expected one target or more, got none';
    return wrong === undefined || `expected numbers as targets, '${wrong.name}' is a ${wrong.type.kind}`;
  },
  bind({ primary }, { columns, train }): BoundTask {
    const width = columns.length;
    const scales = train.map(values => standardScale(numbersOf(values)));
    const factors = Float32Array.from(scales, ({ deviation }) => deviation);
    const means = Float32Array.from(scales, ({ mean }) => mean);
    return {
      classes: [],
      fitted: { targets: columns.map(({ name }, index) => ({ name, ...scales[index]! })) },
      outputWidth: width,
      loss: squaredError,
      truth(targets) {
        const numbers = targets.map(numbersOf);
        const rows = numbers[0]!.length;
        const all = new Float64Array(rows * width);
        for (const [column, values] of numbers.entries()) {
          const missing = values.findIndex(value => !Number.isFinite(value));
          if (missing >= 0) throw notANumber(columns[column]!.name, missing);
          for (let row = 0; row < rows; row++) all[row * width + column] = values[row]!;
        }
        return tensor('FP64', [rows, width], all);
      },
      labelType: { dtype: 'FP32', shape: [width] },
      labels({ data, shape }) {
        const scaled = Float32Array.from(data as Float64Array, (value, index) => {
          const { mean, deviation } = scales[index % width]!;
          return (value - mean) / deviation;
        });
        return tensor('FP32', shape, scaled);
      },
      emitOutputs(g, raw) {
        const scaled = g.op('Mul', [raw, g.constant(tensor('FP32', [width], factors), 'target_deviation')]);
        g.output(g.op('Add', [scaled, g.constant(tensor('FP32', [width], means), 'target_mean')]), 'prediction');
      },
      scores: { output: 'prediction', width },
      ...measurement(
        { metrics: REGRESSION_METRICS, details: REGRESSION_DETAILS, width },
        primary,
        (predictions, truth): NumberBatch => {
          const { data } = truth as Tensor<'FP64'>;
          return { rows: data.length / width, targets: width, predictions, truth: data };
        },
      ),
    };
  },
};

function numbersOf(values: ColumnValues): Float64Array {
  const { data } = values as NumberValues;
  return data instanceof Float64Array ? data : Float64Array.from(data as ArrayLike<number | bigint>, Number);
}

/** Population mean and deviation in two passes; a constant target has the deviation 1. */
function standardScale(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) || 1 };
}

function notANumber(name: string, row: number): UnsupportedTargets {
  return new UnsupportedTargets(
    `the target '${name}' is missing or infinite in row ${row}; import with the check missing-target`,
  );
}
