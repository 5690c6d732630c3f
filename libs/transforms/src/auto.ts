import { z } from 'zod';
import { boolean } from './boolean.js';
import { categoryIndex } from './category-index.js';
import { chooseTransform } from './choose-transform.js';
import { dateParts } from './date-parts.js';
import { oneHot } from './one-hot.js';
import { pixels } from './pixels.js';
import { standard } from './standard.js';
import { type Fitted as AnyFitted, type SourceColumn, type Transform, TransformError } from './transform.js';
import { vectorStandard } from './vector-standard.js';

type Fitted = {
  readonly kind: string;
  readonly fitted: AnyFitted;
};

const parameters = z.strictObject({});

/** What `chooseTransform` may choose. */
const CHOICES: readonly Transform[] = [standard, boolean, oneHot, categoryIndex, dateParts, pixels, vectorStandard];

/**
 * `chooseTransform` for a column whose choice was not resolved before the fit: of the facts it has the number of
 * categories only.
 */
export const auto: Transform<z.infer<typeof parameters>, Fitted> = {
  kind: 'auto',
  version: 1,
  summary: 'The usual transform of a column of this type.',
  parameters,
  accepts(columns) {
    const [column] = columns;
    if (column === undefined || columns.length > 1) return `auto takes one column, received ${columns.length}`;
    try {
      const { kind, parameters: chosen } = chooseTransform(column);
      return transformOf(kind).accepts(columns, chosen);
    } catch (error) {
      if (error instanceof TransformError) return error.message;
      throw error;
    }
  },
  fitter(columns) {
    const { kind, parameters: chosen } = chooseTransform(columns[0]!, factsOf(columns[0]!));
    const fitter = transformOf(kind).fitter(columns, chosen);
    return { add: batch => fitter.add(batch), end: () => ({ kind, fitted: fitter.end() }) };
  },
  emit: (g, raw, { kind, fitted }) => transformOf(kind).emit(g, raw, fitted),
};

function factsOf({ categories }: SourceColumn) {
  return categories === undefined ? {} : { distinct: categories.length };
}

function transformOf(kind: string): Transform {
  const transform = CHOICES.find(each => each.kind === kind);
  if (transform === undefined) throw new TransformError(`auto cannot emit '${kind}'; it was fitted by another release`);
  return transform;
}
