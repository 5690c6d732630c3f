import { predicate } from '../elementwise.js';

export const not = predicate({ since: 1, test: x => !x });
