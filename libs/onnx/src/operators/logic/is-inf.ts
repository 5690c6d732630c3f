import { flag } from '../attribute-specs.js';
import { predicate } from '../elementwise.js';

export const isInf = predicate({
  since: 20,
  attributes: { detect_negative: flag(true), detect_positive: flag(true) },
  test: (x, { detect_negative, detect_positive }) =>
    (x === Number.POSITIVE_INFINITY && detect_positive) || (x === Number.NEGATIVE_INFINITY && detect_negative),
});
