import { MISSING_TIMESTAMP, type TimestampValues } from '@athanor/data';
import type { GraphBuilder, Value } from '@athanor/onnx';
import { scalar, tensor } from '@athanor/tensor';
import { z } from 'zod';
import { type Calendar, DATE_PART_NAMES, DATE_PARTS, type DatePart, type DatePartName } from './dates/calendar.js';
import { calendarOf, emitCalendar, integer } from './dates/moment.js';
import { cast, toDense } from './dense.js';
import { hasIndicator, indicatorParameter } from './numbers/imputation.js';
import { Moments } from './numbers/moments.js';
import { divisorOf, emitScaled } from './numbers/scale.js';
import type { Transform } from './transform.js';

/** A part is either standardized, or a point on a circle. */
type FittedPart = { readonly part: DatePartName } & (
  | { readonly mean: number; readonly scale: number }
  | { readonly cyclical: true }
);

type Fitted = {
  readonly column: string;
  readonly parts: readonly FittedPart[];
  readonly indicator: boolean;
};

const parameters = z.strictObject({
  parts: z
    .array(z.enum(DATE_PART_NAMES))
    .min(1)
    .refine(parts => new Set(parts).size === parts.length, 'expected different parts')
    .default(['year', 'month', 'day', 'weekday', 'hour'])
    .describe('What of a moment is encoded, in UTC; a weekday counts from Monday.'),
  cyclical: z
    .boolean()
    .default(true)
    .describe('Encodes parts that repeat as sine and cosine, so that December is beside January; else as a number.'),
  indicator: indicatorParameter,
});

/**
 * Parts of timestamps: numbers are standardized, parts that repeat are sine and cosine. A missing timestamp is 0 in all
 * of them: the mean, and the centre of the circle.
 */
export const dateParts: Transform<z.infer<typeof parameters>, Fitted> = {
  kind: 'date-parts',
  version: 1,
  summary: 'Timestamps as year, month, weekday and other parts.',
  parameters,
  accepts([column, ...others]) {
    if (column?.type.kind === 'timestamp' && others.length === 0) return true;
    const received = column === undefined ? 'none' : `'${column.name}' (${column.type.kind})`;
    return others.length > 0
      ? `date-parts takes one timestamp column, received ${others.length + 1} columns`
      : `date-parts takes a timestamp column, received ${received}`;
  },
  fitter([column], chosen) {
    const isCyclical = (part: DatePartName) => chosen.cyclical && periodOf(part) !== undefined;
    const moments = new Moments(chosen.parts.length);
    const linear = [...chosen.parts.entries()].filter(([, part]) => !isCyclical(part));
    let missing = 0;
    return {
      add([values]) {
        for (const micros of (values as TimestampValues).data) {
          if (micros === MISSING_TIMESTAMP) {
            missing++;
            continue;
          }
          if (linear.length === 0) continue;
          const calendar = calendarOf(micros);
          for (const [index, part] of linear) moments.add(calendar.part(part), index);
        }
      },
      end: () => ({
        column: column!.name,
        parts: chosen.parts.map((part, index): FittedPart => {
          if (isCyclical(part)) return { part, cyclical: true };
          const mean = moments.mean(index);
          return { part, mean, scale: divisorOf(moments.deviation(index), Math.abs(mean)) };
        }),
        indicator: hasIndicator(chosen.indicator, missing),
      }),
    };
  },
  emit(g, [raw], { column, parts, indicator }) {
    const calendar = emitCalendar(g, raw!);
    const isMissing = g.op('Equal', [raw!, integer(g, MISSING_TIMESTAMP)], { name: 'missing' });
    const values = concatColumns(
      g,
      parts.map(part => emitPart(g, calendar, part)),
    );
    const present = g.op('Where', [isMissing, g.constant(scalar('FP32', 0)), values], { name: 'parts' });
    const names = parts.flatMap(fitted =>
      'cyclical' in fitted ? [`${fitted.part} sin`, `${fitted.part} cos`] : [fitted.part],
    );
    if (indicator) names.push('missing');
    return {
      kind: 'dense',
      value: indicator ? concatColumns(g, [present, cast(g, isMissing, 'FP32')]) : present,
      names: names.map(name => `${column} (${name})`),
    };
  },
};

function periodOf(part: DatePartName): number | undefined {
  return (DATE_PARTS[part] as DatePart).period;
}

/** FP32 [n, 1] or [n, 2] */
function emitPart(g: GraphBuilder, calendar: Calendar<Value>, fitted: FittedPart): Value {
  const { part } = fitted;
  const value = calendar.part(part);
  if (!('cyclical' in fitted)) {
    return toDense(g, emitScaled(g, cast(g, value, 'FP64'), [fitted.mean], [fitted.scale]));
  }
  const { first } = DATE_PARTS[part];
  const position = g.op('Squeeze', [g.op('Sub', [value, integer(g, BigInt(first))]), g.axes([1])]);
  // A table has the same bits for every number of rows, which Sin and Cos do not promise.
  return g.op('Gather', [g.constant(circle(periodOf(part)!), 'circle'), position], { name: 'cyclical' });
}

/** Sine and cosine of each position: FP32 [period, 2]. */
function circle(period: number) {
  const angles = Array.from({ length: period }, (_, position) => (2 * Math.PI * position) / period);
  return tensor('FP32', [period, 2], Float32Array.from(angles.flatMap(angle => [Math.sin(angle), Math.cos(angle)])));
}

function concatColumns(g: GraphBuilder, values: readonly Value[]): Value {
  return values.length === 1 ? values[0]! : g.op('Concat', values, { attributes: { axis: 1 } });
}
