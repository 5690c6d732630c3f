import { ratio, score } from '../metric.js';
import { classCounts } from './class-counts.js';

export const accuracy = score('accuracy', classCounts, ({ counts: { hits, support } }) => {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  return ratio(sum(hits), sum(support));
});
