import type { VectorValues } from '@athanor/data';
import { elementCount, isFloat } from '@athanor/tensor';
import { z } from 'zod';
import { cast, isPresent, toDense } from './dense.js';
import { Moments } from './numbers/moments.js';
import { divisorOf, emitScaled, rowOf } from './numbers/scale.js';
import type { Transform } from './transform.js';
import { acceptsVector, elementNames, flattened, shapeOf } from './vectors/elements.js';

type Fitted = {
  readonly column: string;
  readonly shape: readonly number[];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
};

const HALF_FLOATS: readonly string[] = ['FP16', 'BF16'];

/** (x - mean) / deviation for each element; NaN and the infinities become the mean, and are not fitted. */
export const vectorStandard: Transform<Record<string, never>, Fitted> = {
  kind: 'vector-standard',
  version: 1,
  summary: 'Vectors, each element shifted to mean 0 and scaled to deviation 1.',
  parameters: z.strictObject({}),
  accepts: columns =>
    acceptsVector('vector (any dtype but FP16 and BF16)', columns, dtype => !HALF_FLOATS.includes(dtype)),
  fitter([column]) {
    const shape = shapeOf(column!);
    const width = elementCount(shape);
    const moments = new Moments(width);
    return {
      add([values]) {
        const { data } = (values as VectorValues).tensor;
        for (let index = 0; index < data.length; index++) {
          const value = Number(data[index]);
          if (Number.isFinite(value)) moments.add(value, index % width);
        }
      },
      end() {
        const mean = Array.from({ length: width }, (_, element) => moments.mean(element) + 0);
        const scale = mean.map((each, element) => divisorOf(moments.deviation(element), Math.abs(each)));
        return { column: column!.name, shape, mean, scale };
      },
    };
  },
  emit(g, [raw], { column, shape, mean, scale }) {
    const x = cast(g, flattened(g, raw!, shape), 'FP64');
    const filled = isFloat(raw!.dtype) ? g.op('Where', [isPresent(g, x), x, rowOf(g, mean)], { name: 'imputed' }) : x;
    const value = toDense(g, emitScaled(g, filled, mean, scale));
    return { kind: 'dense', value, names: elementNames(column, shape) };
  },
};
