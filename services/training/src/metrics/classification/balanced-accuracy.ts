import { ratio, score } from '../metric.js';
import { classCounts } from './class-counts.js';

/** The mean recall of the classes that occur. */
export const balancedAccuracy = score('balanced_accuracy', classCounts, ({ counts: { hits, support } }) => {
  let [sum, classes] = [0, 0];
  for (const [index, rows] of support.entries()) {
    if (rows === 0) continue;
    sum += hits[index]! / rows;
    classes++;
  }
  return ratio(sum, classes);
});
