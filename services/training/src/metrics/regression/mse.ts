import { error, ratio } from '../metric.js';
import { meanOverTargets, squaredErrors } from './squared-errors.js';

export const mse = error('mse', squaredErrors, errors =>
  meanOverTargets(errors, ({ squaredError, rows }) => ratio(squaredError, rows)),
);
export const loss = { ...mse, name: 'loss' };
