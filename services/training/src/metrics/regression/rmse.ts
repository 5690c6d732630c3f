import { error } from '../metric.js';
import { meanOverTargets, squaredErrors } from './squared-errors.js';

export const rmse = error('rmse', squaredErrors, errors =>
  meanOverTargets(errors, ({ squaredError, rows }) => Math.sqrt(squaredError / rows)),
);
