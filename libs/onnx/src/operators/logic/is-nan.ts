import { predicate } from '../elementwise.js';

export const isNotANumber = predicate({ since: 20, test: Number.isNaN });
