import { int64 } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';
import { spreadOverEqual } from './spread-over-equal.js';

/** Elements that equal the result get equal shares, as with torch.amin. */
export const gradient = defineGradient('ReduceMin', {
  backward: call => ({ x: spreadOverEqual(call) }),
  cases: [{ inputs: [[2, 3, 4], int64([1], [1])] }, { inputs: [[2, 3]], attributes: { keepdims: false } }],
});
