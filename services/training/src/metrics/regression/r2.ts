import { score } from '../metric.js';
import { meanOverTargets, squaredErrors } from './squared-errors.js';

/** The share of variance that is explained; undefined if all true values of a target are equal. */
export const r2 = score('r2', squaredErrors, errors =>
  meanOverTargets(errors, ({ squaredError, deviation }) =>
    deviation === 0 ? undefined : 1 - squaredError / deviation,
  ),
);
