import { lineOperator } from './line-operator.js';

/** 1 for the first largest element along an axis, 0 for all others. */
export const hardmax = lineOperator(line => {
  const largest = line.indexOf(Math.max(...line));
  return line.map((_, index) => Number(index === largest));
});
